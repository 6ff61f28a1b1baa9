import type { ResponseHeaders } from './prober.ts'

/** What the head of an answer says of its body. */
export type Framing = {
  readonly statusCode: number
  /** Bytes; null: not told. */
  readonly contentLength: number | null
  readonly headers: ResponseHeaders
}

/** Where a body ends: there is none, after so many bytes, at its last chunk, with the connection. */
export type BodyEnd = 'none' | 'sized' | 'chunked' | 'until_close'

const CHUNKED_LAST = /(?:^|,)[ \t]*chunked *$/i
const CLOSE = /(?:^|,)[ \t]*close *(?:,|$)/i
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive *(?:,|$)/i

/** RFC 9112, section 6.3, for the answer to a request by this method. */
export function bodyEnd(method: string, { statusCode, contentLength, headers }: Framing): BodyEnd {
  const isBodiless = statusCode < 200 || statusCode === 204 || statusCode === 304
  if (isBodiless || method === 'HEAD') return 'none'
  const coding = lastCoding(headers['transfer-encoding'])
  if (coding !== null) return CHUNKED_LAST.test(coding) ? 'chunked' : 'until_close'
  if (contentLength === null) return 'until_close'
  return contentLength === 0 ? 'none' : 'sized'
}

/** Whether another answer may follow an interim one on its connection. */
export function isKept(
  version: { readonly major: number; readonly minor: number },
  headers: ResponseHeaders,
): boolean {
  const said = [headers.connection ?? [], headers['proxy-connection'] ?? []].flat(2)
  return version.major > 0 && version.minor > 0
    ? !said.some((value) => CLOSE.test(value))
    : said.some((value) => KEEP_ALIVE.test(value))
}

/** An empty line says nothing, also behind others. */
function lastCoding(values: string | readonly string[] | undefined): string | null {
  return values === undefined ? null : ([values].flat().findLast((one) => one !== '') ?? null)
}
