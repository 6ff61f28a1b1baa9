import { type CheckKind, defaultTarget, type Target } from '#shared/domain/check.ts'
import { normalTargetUrl, targetUrlProblem } from '#shared/domain/target-url.ts'
import type { Log } from '#shared/runtime/log.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { Prober } from '../probe/prober.ts'
import { SharedRounds } from './shared-rounds.ts'

export type CanaryWatchOptions = {
  /** Things that are certainly up, each without a problem. None: nothing is watched. */
  readonly urls: readonly string[]
  /** The one that checks use, so that what fails for them fails for canaries. */
  readonly prober: Prober
  readonly log: Log
  readonly everyMs?: number
  readonly gapMs?: number
  readonly timeoutMs?: number
}

export const CANARIES_MAX = 10
const EVERY_MS = 10_000
/** However many sites are down, a canary is asked once a second at the most. */
const GAP_MS = 1_000
const TIMEOUT_MS = 3_000

/** Why a URL cannot be a canary, or null. */
export function canaryProblem(text: string): string | null {
  const url = URL.parse(text)
  // Not in the words of the column: those would show the text, and a password in it.
  if (url === null) return 'cannot be parsed'
  if (url.username !== '' || url.password !== '') return 'must not hold credentials'
  if (!['http:', 'https:', 'tcp:'].includes(url.protocol)) return 'is not http, https or tcp'
  if (url.protocol !== 'tcp:') return targetUrlProblem('http', text)
  return url.port === '' ? 'needs a port' : targetUrlProblem('tcp', text)
}

/**
 * Asks things that are certainly up. When all of them fail, the trouble is ours, and what fails at
 * that time says nothing of a site.
 */
export class CanaryWatch implements Service {
  readonly name = 'canary watch'
  readonly #options: CanaryWatchOptions
  readonly #targets: readonly Target[]
  readonly #rounds: SharedRounds<number>
  #state: 'answering' | 'failing' = 'answering'
  /** The end of the last round in which all of them failed. */
  #failedAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  constructor(options: CanaryWatchOptions) {
    const { urls, timeoutMs = TIMEOUT_MS, gapMs = GAP_MS } = options
    this.#options = options
    this.#targets = urls.map((url) => targetOf(url, timeoutMs))
    this.#rounds = new SharedRounds({ ask: () => this.#ask(), gapMs })
  }

  async start(): Promise<void> {
    if (this.#targets.length === 0) return
    this.#timer ??= setInterval(() => void this.runOnce(), this.#options.everyMs ?? EVERY_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** How many canaries answer in a round that begins now or later. */
  async runOnce(): Promise<number> {
    return (await this.#rounds.begunSince(performance.now())).answer
  }

  /** Why a failure of the network since then is not believed, or null. */
  async troubleSince(monotonicMs: number): Promise<string | null> {
    const count = this.#targets.length
    if (count === 0) return null
    if (this.#failedAtMs < monotonicMs) await this.runOnce()
    if (this.#failedAtMs < monotonicMs) return null
    return `the canaries of this worker do not answer either (${count} of ${count})`
  }

  async #ask(): Promise<number> {
    const observations = await Promise.all(
      this.#targets.map((target) => this.#options.prober.probe(target, 'none')),
    )
    const answered = observations.filter(({ outcome }) => outcome === 'answered').length
    if (answered === 0) this.#failedAtMs = performance.now()
    this.#tell(answered === 0 ? 'failing' : 'answering')
    return answered
  }

  #tell(state: 'answering' | 'failing'): void {
    if (state === this.#state) return
    this.#state = state
    const canaries = this.#targets.length
    if (state === 'answering') this.#options.log.info({ canaries }, 'canaries answer again')
    else this.#options.log.warn({ canaries }, 'canaries fail: failures of sites are not believed')
  }
}

/** Any answer will do, a redirect or an error of the server too. */
function targetOf(url: string, timeoutMs: number): Target {
  const kind: CheckKind = url.startsWith('tcp:') ? 'tcp' : 'http'
  return { ...defaultTarget, kind, url: normalTargetUrl(kind, url), timeoutMs, maxRedirects: 0 }
}
