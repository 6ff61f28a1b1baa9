import { sitePhaseSeconds } from '#shared/domain/slot.ts'
import { Random } from '../fuzz/random.ts'
import { overlay } from './script.ts'
import {
  type Mode,
  ownFaultsAt,
  type Period,
  type Place,
  plainFaults,
  type Script,
  type ScriptedSite,
  tlsModes,
} from './truth.ts'

/** How many of a hundred sites live so; the rest are steadily `ok`. */
export type Mix = {
  /** Up and down for exponentially distributed times, in any mode of its place. */
  readonly wandering: number
  /** Changes within 50 ms of a slot. */
  readonly edgy: number
  /** A square wave: every other check finds it down. */
  readonly flapping: number
  /** In one mode from the beginning to the end; over TLS, with a bad certificate. */
  readonly broken: number
}

export type TruthOptions = {
  /** 0 to 2^32 - 1. */
  readonly seed: number
  /** 0 to 1,000,000. */
  readonly sites: number
  /** After it all sites are `ok`. */
  readonly durationMs: number
  readonly cadenceSeconds: number
  readonly mix?: Mix
  /** How many of a hundred sites are asked over TLS. 10 by default. */
  readonly httpsPercent?: number
  /** How many sites have a port of their own, and with it a listener of the target's. 8 by default. */
  readonly doors?: number
  /** Periods in which all sites do the same. */
  readonly flips?: readonly Period[]
}

export const usualMix: Mix = { wandering: 20, edgy: 6, flapping: 3, broken: 2 }
export const steadyMix: Mix = { wandering: 0, edgy: 0, flapping: 0, broken: 0 }

/** Means of the lives of wandering sites, in cadences. */
const UP_CADENCES = 20
const DOWN_CADENCES = 6
/** How far from a slot the changes of an edgy site may be. */
const EDGE_MS = 50

/** Each site follows from the seed and its own number: a larger fleet begins with the smaller one. */
export function makeTruth(options: TruthOptions): ScriptedSite[] {
  const sites: ScriptedSite[] = []
  const flips = scriptOf(options.flips ?? [])
  let doors = 0
  for (let number = 1; number <= options.sites; number++) {
    const random = new Random(options.seed, number)
    const story = storyOf(random, options.mix ?? usualMix)
    const isAtDoor = story === 'wandering' && doors < (options.doors ?? 8) && random.percent(20)
    const isTls = random.percent(options.httpsPercent ?? 10)
    const place = isAtDoor ? 'door' : isTls || isBrokenTls(story, options) ? 'https' : 'http'
    if (isAtDoor) doors++
    const life = lives[story]({ random, number, place, ...options })
    sites.push({ number, place, script: withFlips(life, flips) })
  }
  return sites
}

type Story = 'steady' | keyof Mix
type Life = TruthOptions & {
  readonly random: Random
  readonly number: number
  readonly place: Place
}

const NO_PERIODS: Script = []

const lives: Readonly<Record<Story, (life: Life) => Script>> = {
  steady: () => NO_PERIODS,
  wandering: wander,
  edgy: changeAtSlots,
  flapping: flap,
  broken: ({ random, place, durationMs }) => [
    {
      fromMs: 0,
      untilMs: durationMs,
      mode: random.pick(place === 'https' ? tlsModes : plainFaults),
    },
  ],
}

function storyOf(random: Random, { wandering, edgy, flapping, broken }: Mix): Story {
  const steady = 100 - wandering - edgy - flapping - broken
  if (steady < 0) throw new RangeError(`mix: its shares are ${100 - steady} per cent, at most 100`)
  return random.weigh<Story>([
    [steady, 'steady'],
    [wandering, 'wandering'],
    [edgy, 'edgy'],
    [flapping, 'flapping'],
    [broken, 'broken'],
  ])
}

function isBrokenTls(story: Story, { httpsPercent }: TruthOptions): boolean {
  return story === 'broken' && httpsPercent !== 0
}

function wander({ random, place, cadenceSeconds, durationMs }: Life): Script {
  const cadenceMs = cadenceSeconds * 1_000
  const script: Period[] = []
  let fromMs = exponential(random, UP_CADENCES * cadenceMs)
  while (fromMs < durationMs) {
    const untilMs = fromMs + exponential(random, DOWN_CADENCES * cadenceMs)
    script.push({ fromMs, untilMs, mode: faultAt(place, random) })
    fromMs = untilMs + exponential(random, UP_CADENCES * cadenceMs)
  }
  return ending(script, durationMs)
}

function changeAtSlots({ random, number, place, cadenceSeconds, durationMs }: Life): Script {
  const cadenceMs = cadenceSeconds * 1_000
  const script: Period[] = []
  let slotMs = firstSlotMs(number, cadenceSeconds) + random.between(1, 10) * cadenceMs
  while (slotMs < durationMs) {
    const endMs = slotMs + random.between(1, 6) * cadenceMs
    script.push({
      fromMs: slotMs + random.between(-EDGE_MS, EDGE_MS),
      untilMs: endMs + random.between(-EDGE_MS, EDGE_MS),
      mode: faultAt(place, random),
    })
    slotMs = endMs + random.between(1, 10) * cadenceMs
  }
  return ending(script, durationMs)
}

/** Its edges are halfway between slots. */
function flap({ random, number, place, cadenceSeconds, durationMs }: Life): Script {
  const cadenceMs = cadenceSeconds * 1_000
  const mode = faultAt(place, random)
  const firstMs = firstSlotMs(number, cadenceSeconds) + cadenceMs / 2
  const waves = Math.max(0, Math.ceil((durationMs - firstMs) / (2 * cadenceMs)))
  const script = Array.from({ length: waves }, (_, wave) => {
    const fromMs = firstMs + wave * 2 * cadenceMs
    return { fromMs, untilMs: fromMs + cadenceMs, mode }
  })
  return ending(script, durationMs)
}

/** Half of them are such as only this place can show: there are fewer of these sites. */
function faultAt(place: Place, random: Random): Mode {
  const [first, ...others] = ownFaultsAt[place]
  return first === undefined || random.percent(50)
    ? random.pick(plainFaults)
    : random.pick([first, ...others])
}

/** The target's zero of time is a multiple of the cadence, and a site's number is its id in an empty database. */
function firstSlotMs(number: number, cadenceSeconds: number): number {
  return sitePhaseSeconds(number, cadenceSeconds) * 1_000
}

/** At least a millisecond, in whole ones. */
function exponential(random: Random, meanMs: number): number {
  const share = (random.below(2 ** 32) + 1) / 2 ** 32
  return Math.max(1, Math.round(-Math.log(share) * meanMs))
}

function ending(script: Script, durationMs: number): Script {
  return overlay(script, { fromMs: durationMs, untilMs: Number.POSITIVE_INFINITY, mode: 'ok' })
}

function scriptOf(periods: readonly Period[]): Script {
  return periods.reduce<Script>(overlay, NO_PERIODS)
}

/** Steady sites share what they have. */
function withFlips(life: Script, flips: Script): Script {
  return life.length === 0 ? flips : flips.reduce<Script>(overlay, life)
}
