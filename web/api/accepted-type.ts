/** Whether an `Accept` header lets an answer of this type through. What cannot be read asks for nothing. Pure. */
export function isAccepted(accept: string | null, type: string): boolean {
  if (accept === null || accept.trim() === '') return true
  const [group = ''] = type.split('/')
  // The range that says most about the type decides: `*/*, application/json;q=0` is no.
  const ranges = accept.split(',').map(readRange)
  for (const wanted of [type, `${group}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === wanted)
    if (found !== undefined) return found.quality > 0
  }
  return false
}

function readRange(text: string): { readonly range: string; readonly quality: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 }
}
