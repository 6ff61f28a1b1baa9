import type { ResponseHeaders, Stop } from './prober.ts'

/** One request of a probe; a redirect makes the next one of it. */
export type HopRequest = {
  readonly url: URL
  readonly method: string
  /** The site's own headers, credentials among them, without the defaults. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /**
   * Whether no redirect has left the origin that the site names. What it says of its server (Host,
   * server name) and what proves who asks (client certificate) holds for that one alone.
   */
  readonly isAtHome: boolean
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const BODY_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
])

const BEYOND_ASCII = /[\x80-\xff]/

export function isRedirect(statusCode: number): boolean {
  return REDIRECTS.has(statusCode)
}

/**
 * The request that a redirect asks for, after the rules of the Fetch standard, but for two: none of
 * the site's headers crosses to another origin, for any may be a secret, and neither does a body.
 * Nothing that was left behind comes back.
 */
export function nextRequest(
  request: HopRequest,
  statusCode: number,
  headers: ResponseHeaders,
): HopRequest | Stop {
  const { location } = headers
  if (typeof location !== 'string' || location === '') {
    return refused(`${statusCode} without one Location to go to`)
  }
  const url = URL.parse(asUtf8(location), request.url.href)
  if (url === null) return refused(`${statusCode} with a Location that is no URL`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refused(`${statusCode} to ${url.protocol}, which is not http or https`)
  }
  if (url.port === '0') return refused(`${statusCode} to port 0`)
  const isSameOrigin = url.origin === request.url.origin
  const followUp = methodAfter(request, statusCode)
  if (!isSameOrigin && followUp.body !== null) {
    return refused(
      `${statusCode} to another origin, ${url.origin}, which does not get the body of the request`,
    )
  }
  const isAtHome = request.isAtHome && isSameOrigin
  return { url, ...followUp, headers: isSameOrigin ? followUp.headers : {}, isAtHome }
}

/** Headers are read byte by byte, as Latin-1; servers write letters beyond ASCII in UTF-8. */
function asUtf8(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString()
  return decoded.includes('\ufffd') ? text : decoded
}

/** 303 asks for the other page; 301 and 302 after a POST do so by custom. */
function methodAfter(
  request: HopRequest,
  statusCode: number,
): Pick<HopRequest, 'method' | 'headers' | 'body'> {
  const { method, headers, body } = request
  const isReadAnyway = method === 'GET' || method === 'HEAD'
  const becomesGet = statusCode === 303 ? !isReadAnyway : statusCode <= 302 && method === 'POST'
  return becomesGet
    ? { method: 'GET', headers: withoutBodyHeaders(headers), body: null }
    : { method, headers, body }
}

function withoutBodyHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !BODY_HEADERS.has(name.toLowerCase())),
  )
}

function refused(message: string): Stop {
  return { outcome: 'failed', failure: 'redirect', message }
}
