import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all that it started have used, from /proc: Linux only. */
export type Usage = { readonly cpuMicros: number; readonly rssBytes: number }

const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096

/** User and system time, children included, whether they still run or were waited for. */
export function usageOf(pid: number): Usage {
  const family = [pid, ...descendants(pid)]
  const usages = family.flatMap((member) => statOf(member) ?? [])
  return {
    cpuMicros: usages.reduce((sum, usage) => sum + usage.cpuMicros, 0),
    rssBytes: usages.reduce((sum, usage) => sum + usage.rssBytes, 0),
  }
}

function statOf(pid: number): Usage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold spaces: fields are counted from behind it, the first one being the third.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
    const ticks = utime + stime + cutime + cstime
    return { cpuMicros: (ticks * 1_000_000) / TICKS_PER_SECOND, rssBytes: privateBytes(pid) }
  } catch {
    return null
  }
}

/** What is the process's own: Postgres counts its shared buffers in every backend otherwise. */
function privateBytes(pid: number): number {
  const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8')
    .split(' ')
    .map(Number)
  return (resident - shared) * PAGE_BYTES
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number)
    } catch {
      return []
    }
  })
  return children.flatMap((child) => {
    try {
      return [child, ...descendants(child)]
    } catch {
      return [child]
    }
  })
}
