import { setTimeout as pause } from 'node:timers/promises'
import type { InjectedFault } from './evidence.ts'
import { type Fault, NotBack } from './fault.ts'
import type { PlannedFault } from './plan.ts'
import type { ChaosStack } from './start-stack.ts'

export type Injected = {
  readonly faults: readonly InjectedFault[]
  /** What could not be done, with the reason. Counts as nothing. */
  readonly skipped: readonly (InjectedFault & { readonly reason: string })[]
  readonly complaints: readonly (InjectedFault & { readonly complaint: string })[]
}

export type Teller = (line: string) => void

/** A victim that is still busy with its last fault is left alone; the plan cannot know how long a restart takes. */
const LATE_MAX_MS = 5_000

/**
 * Does what was planned when it was planned, several things at once where the plan says so, but never
 * two to one victim. Resolves when the last one is over.
 * @throws when something could not be undone: a process that does not come back.
 */
export async function injectPlan(
  stack: ChaosStack,
  planned: readonly PlannedFault[],
  faults: ReadonlyMap<string, Fault>,
  tell: Teller,
): Promise<Injected> {
  const injected = { faults: [], skipped: [], complaints: [] } satisfies Mutable<Injected>
  const beganMs = Date.now()
  const lines = new Map<string, Promise<void>>()
  for (const next of planned) {
    await pause(Math.max(0, beganMs + next.atMs - Date.now()))
    const fault = faults.get(next.name)
    if (fault === undefined) throw new Error(`the plan has an unknown fault ${next.name}`)
    const before = lines.get(next.victim) ?? Promise.resolve()
    const line = before.then(() => injectOne(stack, fault, next, beganMs, injected, tell))
    // Whoever waits for it hears of its failure at the end.
    line.catch(() => undefined)
    lines.set(next.victim, line)
  }
  await Promise.all(lines.values())
  return injected
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] }

async function injectOne(
  stack: ChaosStack,
  fault: Fault,
  { atMs, forMs, victim, seed, name }: PlannedFault,
  beganMs: number,
  injected: Mutable<Injected>,
  tell: Teller,
): Promise<void> {
  const fromMs = Date.now()
  const noted = () => ({ name, place: fault.place, victim, fromMs, untilMs: Date.now() })
  if (fromMs - beganMs - atMs > LATE_MAX_MS) {
    injected.skipped.push({ ...noted(), reason: 'its victim was busy' })
    return
  }
  const injection = await attempt(fault, stack, { victim, forMs, seed })
  if (injection.outcome === 'not_injected') {
    injected.skipped.push({ ...noted(), reason: injection.reason })
    return
  }
  const done = noted()
  injected.faults.push(done)
  tell(`${name}: ${victim}, ${((done.untilMs - fromMs) / 1_000).toFixed(1)} s`)
  if (injection.outcome === 'complained')
    injected.complaints.push({ ...done, complaint: injection.complaint })
}

/** What fails because something else is broken at the time was not injected; that is all. */
async function attempt(
  fault: Fault,
  stack: ChaosStack,
  order: Parameters<Fault['inject']>[1],
): ReturnType<Fault['inject']> {
  try {
    return await fault.inject(stack, order)
  } catch (error) {
    if (error instanceof NotBack) throw error
    return { outcome: 'not_injected', reason: `it failed: ${String(error)}` }
  }
}
