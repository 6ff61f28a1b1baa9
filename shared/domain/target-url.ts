import type { CheckKind } from './check.ts'

/** Why a URL cannot be checked in this way, without the name of its column, or null. */
export function targetUrlProblem(kind: CheckKind, text: string): string | null {
  return kind === 'http' ? httpUrlProblem(text) : null
}

/**
 * The form that a URL is handed on in. It must have no problem. A heartbeat's token is left out:
 * a worker has no use for it, and who knows it may speak for the job.
 */
export function normalTargetUrl(kind: CheckKind, text: string): string {
  if (kind === 'heartbeat') return 'heartbeat:'
  return kind === 'http' ? new URL(text).href : text
}

function httpUrlProblem(text: string): string | null {
  const url = URL.parse(text)
  if (url === null) return `${JSON.stringify(text)} cannot be parsed`
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `${url.protocol} is not http or https`
  if (url.username !== '' || url.password !== '')
    return 'must not hold credentials; use basic_auth_user and basic_auth_password_secret'
  if (url.port === '0') return 'port 0 cannot be connected to'
  return null
}
