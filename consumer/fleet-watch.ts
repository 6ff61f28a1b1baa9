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
  /** `failing`: a failure of a site that is not known to be down. */
  readonly seen: 'good' | 'failing'
}

export type FleetRules = {
  /**
   * How far back the results of workers are compared: each of these by itself. A short one notices at
   * once where there are many sites, a long one holds enough where there are few.
   */
  readonly windowsMs: readonly number[]
  /** A worker is doubted when it sees at least this many unrelated hosts fail, ... */
  readonly failingHostsMin: number
  /** ... more than this share of all that it looks at, ... */
  readonly failingShareMin: number
  /** ... while the others together, with at least this many results, ... */
  readonly othersResultsMin: number
  /** ... see less than this share of theirs fail. */
  readonly othersShareMax: number
}

export const fleetRules: FleetRules = {
  windowsMs: [15_000, 60_000],
  failingHostsMin: 5,
  failingShareMin: 0.5,
  othersResultsMin: 5,
  othersShareMax: 0.2,
}

/** Why a worker is not believed, in plain words, by worker. */
export type Doubts = ReadonlyMap<string, string>

/** What a result says of its worker; null: nothing, the site is known to be down or the worker gave no verdict. */
export function observedIn(result: CheckResult, health: Health, url: string): Observed | null {
  const { worker, siteId, slotMs, checkedAtMs } = result
  const host = URL.parse(url)?.host || url
  if (result.result === 'up') return { worker, siteId, slotMs, checkedAtMs, host, seen: 'good' }
  if (result.result === 'inconclusive' || health.status === 'down') return null
  return { worker, siteId, slotMs, checkedAtMs, host, seen: 'failing' }
}

/** What one worker has seen in a window. */
type Tally = { readonly worker: string; results: number; readonly failures: Observed[] }

/** Pure: which workers are in doubt, by what all of them have seen. */
export function doubtsAbout(tallies: readonly Tally[], rules: FleetRules): Doubts {
  const all = sumOf(tallies)
  const doubts = new Map<string, string>()
  for (const { worker, results, failures } of tallies) {
    const others = { results: all.results - results, failures: all.failures - failures.length }
    // The share first: it is two numbers, and the hosts are a set.
    const isMost = failures.length > results * rules.failingShareMin
    const areOthersFine =
      others.results >= rules.othersResultsMin &&
      others.failures < others.results * rules.othersShareMax
    if (!isMost || !areOthersFine || hostsOf(failures) < rules.failingHostsMin) continue
    const seen = `${failures.length} of ${results} checks fail`
    doubts.set(
      worker,
      `worker ${worker} is not believed: ${seen}, ${others.failures} of ${others.results} of other workers`,
    )
  }
  return doubts
}

function sumOf(tallies: readonly Tally[]) {
  let results = 0
  let failures = 0
  for (const tally of tallies) {
    results += tally.results
    failures += tally.failures.length
  }
  return { results, failures }
}

function hostsOf(failures: readonly Observed[]): number {
  return new Set(failures.map(({ host }) => host)).size
}

/** Observations are kept by worker and by these spans: what has passed goes a span at a time. */
const SPAN_MS = 5_000

/** What the workers have seen in the longest window. Counts alone of what is good: there is much of it. */
export class FleetWatch {
  readonly #rules: FleetRules
  readonly #spans = new Map<number, Map<string, Tally>>()
  readonly #takenBack = new WeakSet<Observed>()
  #newestMs = 0

  constructor(rules: FleetRules = fleetRules) {
    this.#rules = rules
  }

  /** Whom these observations, on top of what is remembered, put in doubt. Remembers nothing. */
  doubts(observations: readonly Observed[]): Doubts {
    const newestMs = Math.max(this.#newestMs, newestOf(observations))
    const found = this.#rules.windowsMs.flatMap((windowMs) => {
      const tallies = this.#talliesSince(newestMs - windowMs, observations)
      return [...doubtsAbout(tallies, this.#rules)]
    })
    return new Map(found)
  }

  /** Takes note of what was observed in results that are stored by now, and that the doubts were acted upon. */
  remember(observations: readonly Observed[], doubts: Doubts): void {
    for (const observed of observations) {
      const span = spanOf(observed)
      const byWorker = this.#spans.get(span) ?? new Map<string, Tally>()
      this.#spans.set(span, byWorker)
      add(byWorker, tallyOf(observed))
    }
    this.#newestMs = Math.max(this.#newestMs, newestOf(observations))
    for (const span of this.#spans.keys()) {
      if (span <= this.#newestMs - Math.max(...this.#rules.windowsMs)) this.#spans.delete(span)
    }
    for (const failure of this.failuresOf(doubts)) this.#takenBack.add(failure)
  }

  /** The failures that these workers have reported in the window, and that were not taken back yet. */
  failuresOf(workers: Doubts): readonly Observed[] {
    return [...this.#spans.values()]
      .flatMap((byWorker) => [...byWorker.values()])
      .filter(({ worker }) => workers.has(worker))
      .flatMap(({ failures }) => failures)
      .filter((failure) => !this.#takenBack.has(failure))
  }

  /** Whether somebody else than this worker has looked at anything lately. */
  hasOthersThan(worker: string): boolean {
    return this.#spans.values().some((byWorker) => byWorker.keys().some((name) => name !== worker))
  }

  #talliesSince(sinceMs: number, observations: readonly Observed[]): readonly Tally[] {
    const tallies = new Map<string, Tally>()
    for (const [span, byWorker] of this.#spans) {
      if (span <= sinceMs) continue
      for (const tally of byWorker.values()) add(tallies, tally)
    }
    for (const observed of observations) {
      if (spanOf(observed) > sinceMs) add(tallies, tallyOf(observed))
    }
    return [...tallies.values()]
  }
}

function add(tallies: Map<string, Tally>, { worker, results, failures }: Tally): void {
  const tally = tallies.get(worker) ?? { worker, results: 0, failures: [] }
  tally.results += results
  for (const failure of failures) tally.failures.push(failure)
  tallies.set(worker, tally)
}

function tallyOf(observed: Observed): Tally {
  return {
    worker: observed.worker,
    results: 1,
    failures: observed.seen === 'failing' ? [observed] : [],
  }
}

function spanOf({ checkedAtMs }: Observed): number {
  return checkedAtMs - (checkedAtMs % SPAN_MS)
}

function newestOf(observations: readonly Observed[]): number {
  return observations.reduce((newest, { checkedAtMs }) => Math.max(newest, checkedAtMs), 0)
}
