import { parseJson } from '../../site-file/parse-json.ts'
import { type Answer, problem } from './answer.ts'
import { isObject } from './merge-patch.ts'

/** A site whose body has 64 KiB of characters that JSON writes in six bytes each, and all the rest of it. */
export const BODY_BYTES_MAX = 512 * 1024

export type ReadBody =
  | { readonly outcome: 'read'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly outcome: 'refused'; readonly answer: Answer }

/** Reads a request's body as one JSON object of this media type. */
export async function readJsonBody(request: Request, type: string): Promise<ReadBody> {
  const said = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  // A merge patch that calls itself plain JSON is as clear: the method says what is meant.
  if (said !== type && said !== 'application/json') {
    return refuse(problem('wrong-type', `send it with Content-Type: ${type}`))
  }
  const bytes = await readBytes(request)
  if (bytes === 'too_large') {
    const detail = `a body may have ${BODY_BYTES_MAX} bytes`
    // Nobody reads the rest: the connection is of no more use.
    return refuse(problem('too-large', detail, { headers: { connection: 'close' } }))
  }
  if (bytes === 'broken_off') return refuse(problem('bad-json', 'the body broke off'))
  return readFields(bytes)
}

async function readBytes(request: Request): Promise<Buffer | 'too_large' | 'broken_off'> {
  if (Number(request.headers.get('content-length')) > BODY_BYTES_MAX) return 'too_large'
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length
      if (size > BODY_BYTES_MAX) return 'too_large'
      chunks.push(chunk)
    }
  } catch {
    return 'broken_off'
  }
  return Buffer.concat(chunks)
}

function readFields(bytes: Buffer): ReadBody {
  const text = textOf(bytes)
  if (text === null) return refuse(problem('bad-json', 'the body is not UTF-8'))
  const document = parseJson(text)
  if (!document.ok) {
    const [first] = document.problems
    const detail = first === undefined ? 'is not JSON' : `${first.place}: ${first.reason}`
    return refuse(problem('bad-json', detail))
  }
  if (!isObject(document.value)) return refuse(problem('bad-json', 'the body must be an object'))
  return { outcome: 'read', fields: document.value }
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

function refuse(answer: Answer): ReadBody {
  return { outcome: 'refused', answer }
}
