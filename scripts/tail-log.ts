import { open, stat } from 'node:fs/promises'

/** What is read of the end of a file at once; longer lines are not shown whole. */
const TAIL_BYTES = 256 * 1024

export type Position = { readonly offset: number; readonly rest: string }

/** The last whole lines of a file; none where there is no file. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const { lines } = await readFrom(file, {
    offset: Math.max(0, (await sizeOf(file)) - TAIL_BYTES),
    rest: '',
  })
  return lines.slice(-count)
}

/** What was added after a position, as whole lines, and the position after them. A file that shrank is read anew. */
export async function readFrom(
  file: string,
  position: Position,
): Promise<{ lines: string[]; next: Position }> {
  const size = await sizeOf(file)
  const from = size < position.offset ? { offset: 0, rest: '' } : position
  const length = Math.min(size - from.offset, TAIL_BYTES)
  if (length === 0) return { lines: [], next: from }
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from.offset)
    const lines = (from.rest + buffer.subarray(0, bytesRead).toString()).split('\n')
    const rest = lines.pop() ?? ''
    return {
      lines: lines.filter((line) => line !== ''),
      next: { offset: from.offset + bytesRead, rest },
    }
  } finally {
    await handle.close()
  }
}

/** Zero where there is no file: a process that has not said anything yet. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
