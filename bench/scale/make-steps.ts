import { measureWindow, type OnSample, sleep, warmUp } from './measure-window.ts'
import { doublingSizes, type ScaleOptions } from './scale-options.ts'
import type { ScaleTarget } from './scale-target.ts'
import { type FirstCheck, setFleet, waitingChecks } from './set-fleet.ts'
import type { System } from './start-system.ts'
import { verdictOn } from './tell-limit.ts'
import { type WindowFigures, windowFigures } from './window-figures.ts'

export type Bench = {
  readonly system: System
  readonly target: ScaleTarget
  readonly options: ScaleOptions
  readonly say: (text: string) => void
  /** Told of each step at once, so that a run that ends early has something to show. */
  readonly onStep: (figures: WindowFigures) => Promise<void>
}

export type StepSize = {
  readonly sites: number
  readonly first: FirstCheck
  readonly onSample?: OnSample
}

/** Sets the fleet to a size, waits until it is warm, and measures. */
export async function makeStep(bench: Bench, step: StepSize): Promise<WindowFigures> {
  const { system, target, options, say, onStep } = bench
  const { cadenceSeconds, minutes } = options
  const fleet = { sites: step.sites, cadenceSeconds, target }
  say(`${step.sites} sites every ${cadenceSeconds} s, ${Math.round(step.sites / cadenceSeconds)}/s`)
  await setFleet(system.db, fleet, step.first)
  const warm = await warmUp(system, fleet)
  say(`warm-up ${warm.warmUp} after ${Math.round(warm.warmUpMs / 1_000)} s`)
  const window = await measureWindow(system, fleet, minutes, step.onSample ?? (() => undefined))
  const figures = windowFigures({ ...window, ...warm })
  await onStep(figures)
  const { latenessMs, coverage } = figures.slots
  say(
    `coverage ${(coverage * 100).toFixed(3)} %, p99 lateness ${latenessMs.p99} ms, ${Math.round(figures.cpuMicrosPerCheck)} us per check`,
  )
  return figures
}

export async function makeDoublings(bench: Bench): Promise<void> {
  for (const sites of doublingSizes(bench.options.sites))
    await makeStep(bench, { sites, first: 'at_slot' })
}

/** Between the largest that held and the smallest that did not. */
const REFINEMENTS = 2

/** Adds sites until a step is not held, then looks in between. */
export async function makeStepTest(bench: Bench): Promise<void> {
  const { options } = bench
  const round = (sites: number) => Math.round(sites / 100) * 100 || Math.round(sites)
  let held = 0
  let missed: number | null = null
  for (let sites = options.sites; missed === null && sites <= options.sitesMax; ) {
    if (await holds(bench, sites)) held = sites
    else missed = sites
    sites = round(sites * options.factor)
  }
  for (let turn = 0; turn < REFINEMENTS && missed !== null && held > 0; turn++) {
    const sites = round(Math.sqrt(held * missed))
    if (sites <= held || sites >= missed) return
    await recover(bench, held)
    if (await holds(bench, sites)) held = sites
    else missed = sites
  }
}

async function holds(bench: Bench, sites: number): Promise<boolean> {
  const figures = await makeStep(bench, { sites, first: 'at_slot' })
  const { outcome, reasons } = verdictOn(figures)
  if (outcome === 'not_held') bench.say(`not held: ${reasons.join('; ')}`)
  return outcome === 'held'
}

const RECOVERY_MAX_MS = 300_000

/** Back to a size that it can hold, until the jobs that had piled up are gone. */
async function recover({ system, target, options }: Bench, sites: number): Promise<void> {
  const { cadenceSeconds } = options
  await setFleet(system.db, { sites, cadenceSeconds, target }, 'at_slot')
  const endMs = performance.now() + RECOVERY_MAX_MS
  const few = (2 * sites) / cadenceSeconds
  while ((await waitingChecks(system.db)) > few && performance.now() < endMs) await sleep(1_000)
}

/** Nobody is watched any more: what is measured next has the machine to itself. */
export const fallIdle = (bench: Bench): Promise<void> => recover(bench, 0)
