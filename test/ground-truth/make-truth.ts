import { Random } from '../fuzz/random.ts'
import { lives, type Story } from './lives.ts'
import { overlay } from './script.ts'
import type { Period, Place, PlainFault, Script, ScriptedSite } from './truth.ts'

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
  readonly flips?: readonly (Period & { readonly mode: PlainFault })[]
}

export const usualMix: Mix = { wandering: 20, edgy: 6, flapping: 3, broken: 2 }
export const steadyMix: Mix = { wandering: 0, edgy: 0, flapping: 0, broken: 0 }

const HTTPS_PERCENT = 10
const DOORS = 8
/** Of wandering sites, as long as there are doors. */
const AT_DOORS_PERCENT = 20

/** Each site follows from the seed and its own number: a larger fleet begins with the smaller one. */
export function makeTruth(options: TruthOptions): ScriptedSite[] {
  const sites: ScriptedSite[] = []
  const flips = (options.flips ?? []).reduce<Script>(overlay, [])
  let doors = 0
  for (let number = 1; number <= options.sites; number++) {
    const random = new Random(options.seed, number)
    const story = storyOf(random, options.mix ?? usualMix)
    const place = placeFor(story, random, doors, options)
    if (place === 'door') doors++
    const life = lives[story]({ random, number, place, ...options })
    sites.push({ number, place, script: withFlips(life, flips) })
  }
  return sites
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

/** What only one place can show is worth a place: wandering sites get the doors, broken ones the certificates. */
function placeFor(story: Story, random: Random, doorsGiven: number, options: TruthOptions): Place {
  const { doors = DOORS, httpsPercent = HTTPS_PERCENT } = options
  if (story === 'wandering' && doorsGiven < doors && random.percent(AT_DOORS_PERCENT)) return 'door'
  const isTls = random.percent(httpsPercent) || (story === 'broken' && httpsPercent > 0)
  return isTls ? 'https' : 'http'
}

/** Steady sites share what they have. */
function withFlips(life: Script, flips: Script): Script {
  return life.length === 0 ? flips : flips.reduce<Script>(overlay, life)
}
