import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { InjectedFault } from './evidence.ts'
import type { Invariant } from './invariant.ts'
import type { PlantedBugName } from './planted-bugs.ts'
import { type ChaosOutcome, runChaos } from './run-chaos.ts'
import type { Stage } from './stage.ts'
import type { SharedServers } from './start-servers.ts'

/** A few faults in a fixed order, done to few processes and sites: short, for one bug. */
export type Scenario = {
  /** As a sentence. */
  readonly story: string
  readonly play: (stage: Stage) => Promise<void>
}

export type ScenarioOptions = {
  readonly shared: SharedServers
  /** In every process of the run. */
  readonly bug: PlantedBugName | null
  readonly invariants: readonly Invariant[]
  /** How long all may take to run empty at the end; a bug may keep it from that. */
  readonly drainMs: number
}

export const CADENCE_MS = 2_000
export const TIMEOUT_MS = 1_000
export const SITES = 24
const preload = (file: string) => path.join(import.meta.dirname, file)

/** Every site is up but for what the scenario does. The logs of a run are kept where it was to be clean and was not. */
export async function runScenario(
  { play }: Scenario,
  { shared, bug, invariants, drainMs }: ScenarioOptions,
): Promise<ChaosOutcome> {
  const cadenceSeconds = CADENCE_MS / 1_000
  const mix = { wandering: 0, edgy: 0, flapping: 0, broken: 0 }
  const outcome = await runChaos({
    stack: {
      truth: { seed: 1, sites: SITES, durationMs: 600_000, cadenceSeconds, mix, httpsPercent: 0 },
      spareSites: 0,
      timeoutMs: TIMEOUT_MS,
      processes: { scheduler: 1, worker: 2, consumer: 1, web: 0 },
      shared,
      ...(bug === null ? {} : { env: { PLANTED_BUG: bug } }),
      preloads: [...(bug === null ? [] : [preload('plant-bug.ts')]), preload('cut-link.ts')],
    },
    faultsFor: () => [],
    plan: () => [],
    play: async (stack) => {
      const faults: InjectedFault[] = []
      await play({ stack, faults })
      return { faults, skipped: [], complaints: [] }
    },
    durationMs: 0,
    drainMs,
    invariants,
    tell: () => undefined,
  })
  if (bug !== null && outcome.folder !== null)
    await rm(outcome.folder, { recursive: true, force: true })
  return outcome
}
