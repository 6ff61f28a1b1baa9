import { sitePhaseSeconds } from '#shared/domain/slot.ts'
import type { Random } from '../fuzz/random.ts'
import { overlay } from './script.ts'
import {
  type Mode,
  ownFaultsAt,
  type Period,
  type Place,
  plainFaults,
  type Script,
  tlsModes,
} from './truth.ts'

export type Story = 'steady' | 'wandering' | 'edgy' | 'flapping' | 'broken'

export type Life = {
  readonly random: Random
  readonly number: number
  readonly place: Place
  readonly cadenceSeconds: number
  readonly durationMs: number
}

/** Means of the lives of wandering sites, in cadences. */
const UP_CADENCES = 20
const DOWN_CADENCES = 6
/** How far from a slot the changes of an edgy site may be. */
const EDGE_MS = 50

/** All steady sites have this one. */
const NO_PERIODS: Script = []

/** The script of a site, by its story. */
export const lives: Readonly<Record<Story, (life: Life) => Script>> = {
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
