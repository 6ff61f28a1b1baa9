import { closeSync, openSync, writeSync } from 'node:fs'

/** Makes the note of an order, unless somebody has: of two who try, one is the first. */
export function takeNote(notePath: string, says: 'hit' | 'withdrawn'): 'first' | 'taken' {
  try {
    const note = openSync(notePath, 'wx')
    writeSync(note, says)
    closeSync(note)
    return 'first'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'taken'
    throw error
  }
}
