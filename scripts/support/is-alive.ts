import { readFileSync } from 'node:fs'

/**
 * Whether the process runs, as whoever. One that has ended and that nobody has asked after (a
 * zombie: usual in a container whose first process does not care for orphans) does not.
 */
export function isAlive(pid: number): boolean {
  return takesSignals(pid) && !isZombie(pid)
}

/** Whether the process has ended but still holds its number, so that the system calls it alive. */
export function isZombie(pid: number): boolean {
  // The name, in brackets, may hold brackets itself; the state is the letter after the last one.
  const stat = readStat(pid)
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Empty where there is no such process, and on systems without /proc, which all reap orphans. */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
