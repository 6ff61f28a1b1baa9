import type { WindowFigures } from './window-figures.ts'

/** What a step must keep to count as held. */
export const HOLDS = { latenessP99Ms: 5_000, coverage: 0.999 } as const

export type Verdict = {
  readonly outcome: 'held' | 'not_held'
  /** Why not; empty when it held. */
  readonly reasons: readonly string[]
}

/** Whether this rate is one that the system keeps up with. Pure. */
export function verdictOn({ slots, warmUp, restarted }: WindowFigures): Verdict {
  const reasons = [
    ...(warmUp === 'done' ? [] : ['it was not warm when the window began']),
    ...restarted.map((name) => `${name} ended and was started anew`),
    ...(slots.coverage >= HOLDS.coverage
      ? []
      : [`coverage ${(slots.coverage * 100).toFixed(2)} %, not ${HOLDS.coverage * 100} %`]),
    ...(slots.latenessMs.p99 < HOLDS.latenessP99Ms
      ? []
      : [`p99 lateness ${slots.latenessMs.p99} ms, not below ${HOLDS.latenessP99Ms} ms`]),
  ]
  return { outcome: reasons.length === 0 ? 'held' : 'not_held', reasons }
}

/** A Node process runs its JavaScript on one core: this much of it and it has nothing left. */
const FULL_CORE = 0.9
const FULL_MACHINE = 0.93

/** Which process, or the machine, had nothing left; one sentence. Pure. */
export function tellLimit({ processes, coresBusy }: WindowFigures): string {
  const busy = coresBusy.reduce((sum, share) => sum + share, 0)
  const byShare = [...processes].sort((a, b) => b.coreShare - a.coreShare)
  const shares = byShare
    .filter(({ coreShare }) => coreShare >= 0.01)
    .map(({ name, coreShare }) => `${name} ${coreShare.toFixed(2)}`)
    .join(', ')
  const known = byShare.reduce((sum, { coreShare }) => sum + coreShare, 0)
  // The kernel's work for nobody in particular is among them, and whoever else is on the machine.
  const others = `others ${Math.max(0, busy - known).toFixed(2)}`
  const told = `${busy.toFixed(2)} of ${coresBusy.length} cores busy (${shares}, ${others})`
  if (busy / Math.max(1, coresBusy.length) >= FULL_MACHINE) return `The machine was full: ${told}.`
  const full = byShare.filter(({ coreShare, name }) => coreShare >= FULL_CORE && !isThreaded(name))
  if (full.length > 0)
    return `${full.map(({ name }) => name).join(' and ')} had a whole core: ${told}.`
  return `Neither a process nor the machine was full: ${told}.`
}

const isThreaded = (name: string) => name === 'postgres' || name === 'kafka'
