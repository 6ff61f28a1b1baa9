import { execFile, execFileSync } from 'node:child_process'
import { mkdir, open, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A file system of its own in memory, small enough to be filled. */
export type SmallDisk = {
  readonly folder: string
  /** Until nothing more can be written. */
  fill(): Promise<void>
  /** As it was before. */
  empty(): Promise<void>
  unmount(): Promise<void>
}

const PIECE = Buffer.alloc(1024 * 1024)

/** Mounts it at a folder that is not there yet; or says why that cannot be done here. */
export async function mountSmallDisk(
  folder: string,
  mebibytes: number,
): Promise<SmallDisk | { readonly missing: string }> {
  await mkdir(folder)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'tmpfs', folder])
  } catch (error) {
    return { missing: `no file system can be mounted: ${String(error).split('\n')[0]}` }
  }
  const ballast = path.join(folder, 'ballast')
  // Also when the harness itself fails: lazily, since its server may be a moment behind.
  const unmountWithUs = () => void execFileSync('umount', ['-l', folder])
  process.once('exit', unmountWithUs)
  return {
    folder,
    fill: () => fill(folder, ballast),
    empty: () => rm(ballast, { force: true }),
    async unmount() {
      await run('umount', [folder])
      process.off('exit', unmountWithUs)
    },
  }
}

async function fill(folder: string, ballast: string): Promise<void> {
  const file = await open(ballast, 'a')
  try {
    while ((await statfs(folder)).bavail > 0) await file.write(PIECE)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    await file.close()
  }
}
