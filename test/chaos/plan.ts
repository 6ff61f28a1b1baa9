import { Random } from '../fuzz/random.ts'

/** What a plan knows of a fault. */
export type FaultOutline = {
  readonly family: string
  readonly name: string
  /** Whom it can be done to: names of processes, servers and links. */
  readonly victims: readonly string[]
  /** How often it is chosen, in comparison with others. */
  readonly weight: number
  readonly lastsMs: readonly [least: number, most: number]
  /** How long its victim is left in peace afterwards, so that it gets anywhere at all. */
  readonly restMs: number
}

export type PlannedFault = {
  /** Since scheduling began. */
  readonly atMs: number
  readonly forMs: number
  readonly name: string
  readonly victim: string
  /** For what the fault itself leaves to chance. */
  readonly seed: number
}

export type PlanOptions = {
  readonly seed: number
  readonly durationMs: number
  readonly perMinute: number
  /** At the beginning everything must have come up once, at the end it may recover. */
  readonly quietStartMs: number
  readonly quietEndMs: number
}

/** Apart from the streams of other users of the same seed. */
const STREAM = 0x706c616e

/**
 * A schedule of faults: the same for the same seed. Gaps between them are exponentially distributed,
 * so that several come at once now and then, but never two to one victim. All are over before the quiet end.
 */
export function plan(faults: readonly FaultOutline[], options: PlanOptions): PlannedFault[] {
  const random = new Random(options.seed, STREAM)
  const endMs = options.durationMs - options.quietEndMs
  const busyUntilMs = new Map<string, number>()
  const planned: PlannedFault[] = []
  let atMs = options.quietStartMs
  while (true) {
    atMs += gapMs(random, 60_000 / options.perMinute)
    if (atMs >= endMs) return planned
    const next = choose(random, faults, busyUntilMs, atMs)
    if (next === null) continue
    const { fault, victim } = next
    const forMs = random.between(...fault.lastsMs)
    const seed = random.below(2 ** 31)
    busyUntilMs.set(victim, atMs + forMs + fault.restMs)
    if (atMs + forMs <= endMs) planned.push({ atMs, forMs, name: fault.name, victim, seed })
  }
}

/** Never none: an exponential gap in whole milliseconds. */
function gapMs(random: Random, meanMs: number): number {
  return 1 + Math.round(-Math.log(1 - random.below(1_000_000) / 1_000_000) * meanMs)
}

function choose(
  random: Random,
  faults: readonly FaultOutline[],
  busyUntilMs: ReadonlyMap<string, number>,
  atMs: number,
): { fault: FaultOutline; victim: string } | null {
  const isFree = (victim: string) => (busyUntilMs.get(victim) ?? 0) <= atMs
  const [first, ...others] = faults
    .map((fault) => ({ fault, free: fault.victims.filter(isFree) }))
    .filter(({ free, fault }) => free.length > 0 && fault.weight > 0)
    .map((possible) => [Math.ceil(possible.fault.weight * 100), possible] as const)
  if (first === undefined) return null
  const { fault, free } = random.weigh([first, ...others])
  const victim = free[random.below(free.length)]
  return victim === undefined ? null : { fault, victim }
}
