import { parseDuration } from '#shared/domain/duration.ts'

export type Scheme = 'http' | 'https'

/**
 * `run`: a fleet of one size for minutes. `step`: more and more sites until it no longer holds.
 * `doubling`: twice as many sites each time, up to the size that was asked for.
 */
export type ScaleKind = 'run' | 'step' | 'doubling'

export type ScaleOptions = {
  readonly kind: ScaleKind
  /** Of a step test: with how many it begins. */
  readonly sites: number
  readonly cadenceSeconds: number
  /** Of one step too. Whole minutes. */
  readonly minutes: number
  readonly scheme: Scheme
  readonly workers: number
  /** By how much each step of a step test is larger than the one before. */
  readonly factor: number
  /** Where a step test ends at the latest. */
  readonly sitesMax: number
  /** Times that the probes for comparison are measured, before and again after. 0: not at all. */
  readonly rounds: number
  readonly isProfiled: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** From the environment; throws an error that names what cannot be read. Pure. */
export function readScaleOptions(env: Environment): ScaleOptions {
  const kind = kindOf(env)
  const scheme = env.SCHEME ?? 'http'
  if (scheme !== 'http' && scheme !== 'https')
    throw new Error(`SCHEME is ${JSON.stringify(scheme)}: must be http or https`)
  const usual = { run: 100_000, step: 60_000, doubling: 100_000 }[kind]
  return {
    kind,
    scheme,
    sites: number(env, 'SITES', { fallback: usual, min: 10, max: 5_000_000 }),
    cadenceSeconds: cadenceSeconds(env.CADENCE ?? '1m'),
    minutes: number(env, 'MINUTES', { fallback: kind === 'run' ? 10 : 2, min: 1, max: 1_440 }),
    workers: number(env, 'WORKERS', { fallback: 1, min: 1, max: 32 }),
    factor: number(env, 'FACTOR', { fallback: 1.25, min: 1.01, max: 10, isFraction: true }),
    sitesMax: number(env, 'SITES_MAX', { fallback: 1_000_000, min: 10, max: 5_000_000 }),
    rounds: number(env, 'ROUNDS', { fallback: 3, min: 0, max: 100 }),
    isProfiled: env.PROFILE === '1',
  }
}

function kindOf(env: Environment): ScaleKind {
  if (env.STEP === '1' && env.DOUBLING === '1')
    throw new Error('STEP=1 and DOUBLING=1 are two runs: give one of them')
  if (env.STEP === '1') return 'step'
  return env.DOUBLING === '1' ? 'doubling' : 'run'
}

type Range = {
  readonly fallback: number
  readonly min: number
  readonly max: number
  readonly isFraction?: boolean
}

function number(env: Environment, name: string, range: Range): number {
  const text = env[name]
  if (text === undefined || text === '') return range.fallback
  const value = Number(text)
  const isRead = range.isFraction === true ? Number.isFinite(value) : Number.isInteger(value)
  if (!isRead || value < range.min || value > range.max)
    throw new Error(
      `${name} is ${JSON.stringify(text)}: must be a ${range.isFraction ? '' : 'whole '}number from ${range.min} to ${range.max}`,
    )
  return value
}

const DAY_SECONDS = 86_400

function cadenceSeconds(text: string): number {
  const ms = parseDuration(text)
  if (ms === null || ms % 1_000 !== 0 || ms < 1_000 || ms > DAY_SECONDS * 1_000)
    throw new Error(
      `CADENCE is ${JSON.stringify(text)}: must be whole seconds up to a day: 10s, 1m, 5m`,
    )
  return ms / 1_000
}

/** The sizes that are measured one after another, from a hundredth of the largest on. Pure. */
export function doublingSizes(largest: number): readonly number[] {
  const sizes: number[] = []
  for (let size = Math.ceil(largest / 100); size < largest; size *= 2) sizes.push(size)
  return [...sizes, largest]
}
