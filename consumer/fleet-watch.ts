import type { Failure } from '#shared/domain/failure.ts'
import type { Health } from '#shared/domain/health.ts'
import type { CheckResult } from '#shared/domain/result.ts'

/**
 * What the fleet of workers says of one of them. A site that is down is down for everybody; when
 * most of what one worker looks at begins to fail at once, and others see nothing of the kind, the
 * worker's own network is at fault. Nobody has to name a host that is always up for this.
 */

/** One result, as far as it says something of the worker that looked. */
export type Observed = {
  readonly worker: string
  readonly siteId: number
  readonly slotMs: number
  readonly checkedAtMs: number
  /** What the site's server is called: sites on one host fail together, which says nothing. */
  readonly host: string
  /** The others are failures of sites that are not known to be down: with an answer, or without. */
  readonly seen: 'good' | FailureClass
}

/** Whether the site has answered: what keeps answers away does not make them bad, and the other way round. */
export type FailureClass = 'bad_answer' | 'no_answer'

export type FleetRules = {
  /** So many of its newest results speak for or against a worker, ... */
  readonly resultsMax: number
  /** ... as far as they are not older than this, against the newest of all. */
  readonly ageMaxMs: number
  /** It is doubted when it sees at least this many unrelated hosts fail, ... */
  readonly failingHostsMin: number
  /** ... and more than this share of all, ... */
  readonly failingShareMin: number
  /** (of them those are disbelieved that answered, or did not, as at least this share of them) */
  readonly classShareMin: number
  /** ... while the others have at least this many results since its first failure among these, ... */
  readonly othersResultsMin: number
  /** ... and see less than this share of them fail. */
  readonly othersShareMax: number
}

/**
 * By number, not by time: a worker that makes hundreds of checks a second is found out within a
 * moment, one of a small fleet within minutes, both before a second slot of any site can confirm it.
 */
export const fleetRules: FleetRules = {
  resultsMax: 30,
  ageMaxMs: 300_000,
  failingHostsMin: 5,
  failingShareMin: 0.5,
  classShareMin: 0.25,
  othersResultsMin: 5,
  othersShareMax: 0.2,
}

/** Why a worker is not believed, in plain words, and in what. */
export type Doubt = { readonly reason: string; readonly classes: ReadonlySet<FailureClass> }
export type Doubts = ReadonlyMap<string, Doubt>

const ANSWERED: ReadonlySet<Failure> = new Set<Failure>([
  'status',
  'body',
  'redirect',
  'too_large',
  'protocol',
  'tls_cert',
])

export function classOf(failure: Failure | null): FailureClass {
  return failure !== null && ANSWERED.has(failure) ? 'bad_answer' : 'no_answer'
}

/** A job's own word, which a worker only passes on. */
export function isOwnWord(url: string): boolean {
  return url.startsWith('heartbeat:')
}

/** What a result says of its worker; null: nothing, the site is known to be down or the worker gave no verdict. */
export function observedIn(result: CheckResult, health: Health, url: string): Observed | null {
  if (isOwnWord(url)) return null
  const { worker, siteId, slotMs, checkedAtMs } = result
  const host = URL.parse(url)?.host || url
  if (result.result === 'up') return { worker, siteId, slotMs, checkedAtMs, host, seen: 'good' }
  if (result.result === 'inconclusive' || health.status === 'down') return null
  return { worker, siteId, slotMs, checkedAtMs, host, seen: classOf(result.failure) }
}

/** Pure: which workers are in doubt, by the newest results of each. */
export function doubtsAbout(
  newest: ReadonlyMap<string, readonly Observed[]>,
  rules: FleetRules,
): Doubts {
  const doubts = new Map<string, Doubt>()
  for (const [worker, results] of newest) {
    const failures = results.filter(isFailure)
    const isMost = failures.length > results.length * rules.failingShareMin
    if (!isMost || hostsOf(failures) < rules.failingHostsMin) continue
    const sinceMs = Math.min(...failures.map(({ checkedAtMs }) => checkedAtMs))
    const others = othersSince(newest, worker, sinceMs)
    const failing = others.filter(isFailure).length
    if (others.length < rules.othersResultsMin) continue
    if (failing >= others.length * rules.othersShareMax) continue
    const seen = `${failures.length} of ${results.length} checks fail`
    const elsewhere = `${failing} of ${others.length} of other workers`
    const reason = `worker ${worker} is not believed: ${seen}, ${elsewhere}`
    doubts.set(worker, { reason, classes: classesOf(failures, rules.classShareMin) })
  }
  return doubts
}

function isFailure({ seen }: Observed): boolean {
  return seen !== 'good'
}

/** What is rare among the failures has another reason than what is common: it stands. */
function classesOf(failures: readonly Observed[], shareMin: number): ReadonlySet<FailureClass> {
  const classes = (['bad_answer', 'no_answer'] as const).filter((one) => {
    const count = failures.filter(({ seen }) => seen === one).length
    return count >= failures.length * shareMin
  })
  return new Set(classes)
}

function hostsOf(failures: readonly Observed[]): number {
  return new Set(failures.map(({ host }) => host)).size
}

/** What others saw before has no say: they may be gone by now. */
function othersSince(
  newest: ReadonlyMap<string, readonly Observed[]>,
  worker: string,
  sinceMs: number,
): readonly Observed[] {
  return [...newest]
    .filter(([name]) => name !== worker)
    .flatMap(([, results]) => results.filter(({ checkedAtMs }) => checkedAtMs >= sinceMs))
}

/** The newest results of each worker. */
export class FleetWatch {
  readonly #rules: FleetRules
  readonly #takenBack = new WeakSet<Observed>()
  #newest: ReadonlyMap<string, readonly Observed[]> = new Map()

  constructor(rules: FleetRules = fleetRules) {
    this.#rules = rules
  }

  /** Whom these observations, on top of what is remembered, put in doubt. Remembers nothing. */
  doubts(observations: readonly Observed[]): Doubts {
    return doubtsAbout(this.#with(observations), this.#rules)
  }

  /** Takes note of what was observed in results that are stored by now, and that the doubts were acted upon. */
  remember(observations: readonly Observed[], doubts: Doubts): void {
    this.#newest = this.#with(observations)
    for (const failure of this.failuresOf(doubts)) this.#takenBack.add(failure)
  }

  /** The failures that speak against these workers, and that were not taken back yet. */
  failuresOf(workers: Doubts): readonly Observed[] {
    return [...workers]
      .flatMap(([worker, { classes }]) =>
        (this.#newest.get(worker) ?? []).filter(({ seen }) => seen !== 'good' && classes.has(seen)),
      )
      .filter((failure) => !this.#takenBack.has(failure))
  }

  /** Whether somebody else than this worker has looked at anything lately. */
  hasOthersThan(worker: string): boolean {
    return this.#newest.keys().some((name) => name !== worker)
  }

  #with(observations: readonly Observed[]): ReadonlyMap<string, readonly Observed[]> {
    if (observations.length === 0) return this.#newest
    const { resultsMax, ageMaxMs } = this.#rules
    const added = Map.groupBy(observations, ({ worker }) => worker)
    const merged = [...new Set([...this.#newest.keys(), ...added.keys()])].map((worker) => {
      const results = [...(this.#newest.get(worker) ?? []), ...(added.get(worker) ?? [])]
      return results.sort((a, b) => a.checkedAtMs - b.checkedAtMs).slice(-resultsMax)
    })
    const newestMs = Math.max(...merged.map((results) => results.at(-1)?.checkedAtMs ?? 0))
    return new Map(
      merged
        .map((results) => results.filter(({ checkedAtMs }) => checkedAtMs > newestMs - ageMaxMs))
        .flatMap((results) => results.slice(0, 1).map(({ worker }) => [worker, results] as const)),
    )
  }
}
