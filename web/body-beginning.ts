export type BodyBeginning =
  | { readonly outcome: 'read'; readonly text: string }
  | { readonly outcome: 'broken_off' }

/** What is kept of a body. Far more than a message needs. */
const KEPT_BYTES_MAX = 10 * 1024
/** What is read before the answer: a caller who is not done by then may be deaf to it. */
const READ_BYTES_MAX = 16 * 1024 * 1024

/**
 * The beginning of a request's body as text; what is no UTF-8 in it is replaced. A body without end
 * is as good as another: a job that sends all of its output has called all the same.
 */
export async function readBodyBeginning(request: Request): Promise<BodyBeginning> {
  if (request.body === null) return { outcome: 'read', text: '' }
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
      if (read > READ_BYTES_MAX) break
    }
  } catch {
    return { outcome: 'broken_off' }
  }
  return { outcome: 'read', text }
}
