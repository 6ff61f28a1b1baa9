import type { Target } from '#shared/domain/check.ts'
import { headersProblem, isHeaderName, isHeaderValue } from '#shared/domain/header-fields.ts'
import { secretNamesIn, withSecrets } from '#shared/domain/secret-reference.ts'
import type { Inconclusive } from './prober.ts'
import type { HopRequest } from './redirect.ts'
import type { ReadSecret } from './secret-files.ts'

const CONTROL = /\p{Cc}/u
const UNSENDABLE = 'it holds a line break or another character that no header can carry'

type Headers = Readonly<Record<string, string>>

/**
 * The request that a probe begins with, its secrets filled in. A secret that cannot be used is a
 * fault of ours: the message names the column and the secret, and no value.
 */
export function firstRequest(target: Target, read: ReadSecret): HopRequest | Inconclusive {
  const { method } = target
  const filled = filledHeaders(target, read)
  if (isStop(filled)) return filled
  const authorization = authorizationOf(target, read)
  if (isStop(authorization)) return authorization
  const body = filledBody(target, read)
  if (isStop(body)) return body
  const problem = problemOf(target)
  if (problem !== null) return { outcome: 'inconclusive', message: problem }
  return {
    url: new URL(target.url),
    method,
    headers:
      authorization === null ? filled.headers : withAuthorization(filled.headers, authorization),
    body,
    isAtHome: true,
  }
}

/** A row may hold what no request can: it was written past the checks of who loads it. */
function problemOf({ method, hostHeader, headers }: Target): string | null {
  if (!isHeaderName(method)) return `method ${JSON.stringify(method)} is none of HTTP`
  if (hostHeader !== null && !isHeaderValue(hostHeader)) return `host_header: ${UNSENDABLE}`
  return headersProblem(headers)
}

/** What is sent, its secrets filled in. */
export function filledBody({ body }: Target, read: ReadSecret): string | null | Inconclusive {
  return body === null ? null : fill('body', body, read)
}

function filledHeaders(
  { headers }: Target,
  read: ReadSecret,
): { readonly headers: Headers } | Inconclusive {
  if (!Object.values(headers).some((value) => value.includes('{{'))) return { headers }
  const filled: Record<string, string> = {}
  for (const [name, template] of Object.entries(headers)) {
    const column = `headers: ${JSON.stringify(name)}`
    const value = fill(column, template, read)
    if (isStop(value)) return value
    if (!isHeaderValue(value)) {
      return unusable(column, secretNamesIn(template).join(', '), UNSENDABLE)
    }
    filled[name] = value
  }
  return { headers: filled }
}

/** The value of the header `Authorization` that the site's own fields for it make. */
function authorizationOf(target: Target, read: ReadSecret): string | null | Inconclusive {
  const { basicAuthUser, basicAuthPasswordSecret, bearerTokenSecret } = target
  if (bearerTokenSecret !== null) {
    const token = secretOf('bearer_token_secret', bearerTokenSecret, read)
    if (isStop(token)) return token
    return isHeaderValue(token)
      ? `Bearer ${token}`
      : unusable('bearer_token_secret', bearerTokenSecret, UNSENDABLE)
  }
  if (basicAuthUser === null || basicAuthPasswordSecret === null) return null
  const password = secretOf('basic_auth_password_secret', basicAuthPasswordSecret, read)
  if (isStop(password)) return password
  return CONTROL.test(password)
    ? unusable('basic_auth_password_secret', basicAuthPasswordSecret, UNSENDABLE)
    : basicAuthorization(basicAuthUser, password)
}

/** RFC 7617, in UTF-8. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** The field made for it wins over a header written by hand. */
function withAuthorization(headers: Headers, authorization: string): Headers {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization')
  return Object.fromEntries([...others, ['authorization', authorization]])
}

function fill(column: string, template: string, read: ReadSecret): string | Inconclusive {
  const values = new Map<string, string>()
  for (const name of secretNamesIn(template)) {
    const value = secretOf(column, name, read)
    if (isStop(value)) return value
    values.set(name, value)
  }
  return withSecrets(template, values)
}

function secretOf(column: string, name: string, read: ReadSecret): string | Inconclusive {
  const secret = read(name)
  return secret.outcome === 'read' ? secret.text : unusable(column, name, secret.reason)
}

function unusable(column: string, name: string, reason: string): Inconclusive {
  const message = `${column}: the secret ${JSON.stringify(name)} cannot be used: ${reason}`
  return { outcome: 'inconclusive', message }
}

function isStop(value: string | object | null): value is Inconclusive {
  return typeof value === 'object' && value !== null && 'outcome' in value
}
