import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import path from 'node:path'

/** A name in a folder that is shared with other checkouts and users: the same for the same path. */
export function folderNameFor(absolutePath: string): string {
  return `uptick-${createHash('sha256').update(absolutePath).digest('hex').slice(0, 12)}`
}

/**
 * Makes a folder in a place that is open to everybody.
 * @throws when someone else has put one there before: it must not be trusted.
 */
export async function makeOwnFolder(folder: string, mode: number): Promise<void> {
  await mkdir(folder, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  if (found.isDirectory() && found.uid === process.getuid?.()) return
  throw new Error(`${path.resolve(folder)} belongs to someone else: remove it`)
}
