/** RFC 8314: submission with TLS from the first byte, and submission with STARTTLS. */
export const SMTPS_PORT = 465
export const SUBMISSION_PORT = 587

export type SmtpLogin = { readonly user: string; readonly password: string }

type SmtpUrl = {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly login: SmtpLogin | null
}

/**
 * `smtp://user:password@host:port` or `smtps://...`. A problem is told without the URL itself: it
 * may hold a password.
 */
export function parseSmtpUrl(text: string): SmtpUrl | { readonly problem: string } {
  const url = URL.parse(text)
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    return {
      problem:
        'must be smtp://user:password@host:port or smtps://..., special characters in the password percent-encoded',
    }
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    return { problem: 'must end after the port: options are settings of their own' }
  const login = loginOf(url)
  if (login !== null && 'problem' in login) return login
  const isSecure = url.protocol === 'smtps:'
  const port = url.port === '' ? (isSecure ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port)
  if (port === 0) return { problem: 'must have a port from 1 to 65535' }
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, isSecure, login }
}

function loginOf(url: URL): SmtpLogin | null | { readonly problem: string } {
  if (url.username === '' && url.password === '') return null
  if (url.username === '' || url.password === '')
    return { problem: 'must have both a user and a password, or neither' }
  try {
    return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  } catch {
    return { problem: 'has a % in its user or password that is not percent-encoded (as %25)' }
  }
}
