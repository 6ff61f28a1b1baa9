import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { contentTag, hasAlready } from './entity-tag.ts'

/** An answer that is made once and given to many. */
export type KeptBody = {
  readonly type: string
  /** Changes with the content, in quotes. */
  readonly etag: string
  readonly identity: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
  readonly br: Uint8Array<ArrayBuffer>
}

/** Best effort for its time: a page of 200 sites takes some 5 ms, off the event loop. */
const BROTLI_QUALITY = 5
/** Whoever has it asks each time whether it is still the same; a cache for all may answer for a moment. */
const CACHE_CONTROL = 'public, max-age=0, s-maxage=5, must-revalidate'

const compressed = { gzip: promisify(gzip), br: promisify(brotliCompress) }

/** Compresses a text for those who take it compressed. */
export async function keepBody(type: string, text: string): Promise<KeptBody> {
  const identity = new TextEncoder().encode(text)
  const [gzipped, brotli] = await Promise.all([
    compressed.gzip(identity),
    compressed.br(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  ])
  return {
    type,
    etag: contentTag(identity),
    identity,
    gzip: new Uint8Array(gzipped),
    br: new Uint8Array(brotli),
  }
}

/** The answer to one request for it: 304 for whoever has it already. */
export function answerKept(body: KeptBody, request: Request): Response {
  const headers = {
    'content-type': body.type,
    'cache-control': CACHE_CONTROL,
    etag: body.etag,
    vary: 'accept-encoding',
  }
  if (hasAlready(request.headers.get('if-none-match'), body.etag))
    return new Response(null, { status: 304, headers })
  const encoding = bestEncoding(request.headers.get('accept-encoding') ?? '')
  return new Response(body[encoding], {
    headers: encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
  })
}

/** Refused by `q=0`; other preferences between the two do not matter. */
function bestEncoding(accepted: string): 'br' | 'gzip' | 'identity' {
  const names = accepted
    .toLowerCase()
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]?.trim())
  if (names.includes('br')) return 'br'
  return names.includes('gzip') ? 'gzip' : 'identity'
}
