import { calmEnd } from './calm-end.ts'
import { type Cast, type Family, families } from './fault.ts'
import { faultsFor } from './faults.ts'
import type { Teller } from './inject-plan.ts'
import { invariants } from './invariants.ts'
import { plan } from './plan.ts'
import type { ChaosRun } from './run-chaos.ts'

export type SeededRunOptions = {
  readonly seed: number
  /** Of faults; before and after it there is another one or so. */
  readonly minutes: number
  readonly sites: number
  readonly families: readonly Family[]
  readonly perMinute: number
  readonly tell: Teller
}

const CADENCE_SECONDS = 2
const TIMEOUT_MS = 800
/** The scripts of the target go on until all is over. */
const CALM_MS = 180_000
const QUIET_START_MS = 5_000
/** The last fault is over, and the calm end begins. */
const QUIET_END_MS = 1_000
/** A notifier's claim and a job's time outlive a killed sender by more than a minute; tries come a minute apart at the most. */
const DRAIN_MS = 300_000

/** The run of `make chaos`: the shipped processes, and faults by chance from a seed. */
export function seededRun(options: SeededRunOptions): ChaosRun {
  const { seed, minutes, sites, perMinute, tell } = options
  const durationMs = minutes * 60_000
  const timing = { quietStartMs: QUIET_START_MS, quietEndMs: QUIET_END_MS }
  return {
    stack: {
      truth: { seed, sites, cadenceSeconds: CADENCE_SECONDS, durationMs: durationMs + CALM_MS },
      spareSites: sites,
      hasCanary: true,
      timeoutMs: TIMEOUT_MS,
      processes: { scheduler: 2, worker: 3, consumer: 2, web: 1 },
      shared: null,
    },
    faultsFor: (cast: Cast) => faultsFor(cast, new Set(options.families)),
    plan: (faults) => plan(faults, { seed, durationMs, perMinute, ...timing }),
    durationMs,
    calm: calmEnd,
    drainMs: DRAIN_MS,
    invariants,
    tell,
  }
}

/**
 * `all`, or families by name, separated by commas.
 * @throws when one of them does not exist; names all that do.
 */
export function readFamilies(text: string): readonly Family[] {
  if (text === 'all') return families
  return text.split(',').map((name) => {
    const family = families.find((known) => known === name.trim())
    if (family === undefined)
      throw new Error(
        `FAULTS: there is no family ${name.trim()}; all, or of ${families.join(', ')}`,
      )
    return family
  })
}
