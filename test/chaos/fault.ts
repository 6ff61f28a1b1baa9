import type { ServiceName } from '../support/stack.ts'
import type { FaultPlace } from './evidence.ts'
import type { FaultOutline } from './plan.ts'
import type { ChaosProcess } from './start-process.ts'
import type { ChaosStack } from './start-stack.ts'

/** The families that FAULTS= can name. */
export const families = [
  'kill',
  'suspend',
  'term',
  'rolling',
  'points',
  'postgres',
  'disk',
  'kafka',
  'links',
  'mail',
  'stream',
  'clock',
  'network',
  'target',
  'sites',
] as const
export type Family = (typeof families)[number]

/** Something that happens to a running stack, and how it is undone. */
export type Fault = FaultOutline & {
  readonly family: Family
  readonly place: FaultPlace
  /** Resolves once it is over: what died is ready again, what was broken is mended. */
  readonly inject: (stack: ChaosStack, order: FaultOrder) => Promise<Injection>
}

export type FaultOrder = {
  readonly victim: string
  readonly forMs: number
  /** For what is left to chance. */
  readonly seed: number
}

export type Injection =
  | { readonly outcome: 'injected' }
  /** Injected, and something was not as it must be meanwhile. */
  | { readonly outcome: 'complained'; readonly complaint: string }
  /** There was nothing to do it to: a step that was not reached, a server that is not ours. */
  | { readonly outcome: 'not_injected'; readonly reason: string }

export const INJECTED: Injection = { outcome: 'injected' }

export function notInjected(reason: string): Injection {
  return { outcome: 'not_injected', reason }
}

/** Who plays in a run, by service. */
export type Cast = Readonly<Record<ServiceName, readonly string[]>>

/** Longer than a start takes on a machine that is busy with others'. */
const READY_WITHIN_MS = 90_000

/** @throws when there is no process of that name: a plan was made for another cast. */
export function victimIn(stack: ChaosStack, name: string): ChaosProcess {
  const found = stack.processes.get(name)
  if (found === undefined) throw new Error(`no process ${name} in this run`)
  return found
}

/** A process that died of a fault and was not started again, or not with success: there is no run any more. */
export class NotBack extends Error {}

/** @throws NotBack when it does not come back. */
export async function untilReady({ name, process }: ChaosProcess): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new NotBack(`${name} did not come back within ${READY_WITHIN_MS} ms`)),
    READY_WITHIN_MS,
  )
  await Promise.race([process.ready(), late.promise]).finally(() => clearTimeout(timer))
}
