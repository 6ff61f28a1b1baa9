export type BodyBeginning =
  | { readonly outcome: 'read'; readonly text: string }
  | { readonly outcome: 'too_large' | 'broken_off' }

/** What is kept of a body. Far more than a message needs. */
const KEPT_BYTES_MAX = 10 * 1024
/** What is read of one: a job that sends its long output has called all the same. */
const READ_BYTES_MAX = 1024 * 1024

/** The beginning of a request's body as text; what is no UTF-8 in it is replaced. */
export async function readBodyBeginning(request: Request): Promise<BodyBeginning> {
  if (request.body === null) return { outcome: 'read', text: '' }
  if (Number(request.headers.get('content-length')) > READ_BYTES_MAX)
    return { outcome: 'too_large' }
  const decoder = new TextDecoder()
  let text = ''
  let kept = 0
  let read = 0
  try {
    for await (const chunk of request.body) {
      const part = chunk.subarray(0, KEPT_BYTES_MAX - kept)
      text += decoder.decode(part, { stream: true })
      kept += part.length
      read += chunk.length
      if (read > READ_BYTES_MAX) return { outcome: 'too_large' }
    }
  } catch {
    return { outcome: 'broken_off' }
  }
  return { outcome: 'read', text }
}
