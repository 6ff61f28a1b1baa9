import { randomBytes } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { SharedRounds } from './shared-rounds.ts'

export type NameWatchOptions = {
  /** Name servers, `address[:port]`; the system's by default. */
  readonly servers?: readonly string[]
  /** How long a round of questions may take. */
  readonly patienceMs?: number
  /** For the age of names: milliseconds on a clock that never goes back. */
  readonly monotonicMs?: () => number
}

/** A question whose answer matters only in that there is one. Without a zone: of the root. */
type Control = { readonly zone: string | null; readonly outcome: 'answered' | 'unanswered' }

/** A zone that was up an hour ago may be gone. */
const REMEMBERED_MS = 3_600_000
const REMEMBERED_MAX = 20
/** Being told again so soon is passed over: names are resolved by the hundred each second. */
const REFRESHED_MS = 10_000
/** With room for the random label, within what a name may have. */
const NAME_LENGTH_MAX = 200
const CONTROLS_MAX = 3
const PATIENCE_MS = 3_000
const QUERY_TIMEOUT_MS = 1_000
const QUERY_TRIES = 2
/** How old the answers may be, however long ago the check began. */
const FRESH_MS = 2_000
/** From one round to the next: a thousand dead names at once cost name servers six questions a second. */
const GAP_MS = 500

/** What name servers say that work: whether the name exists does not matter. */
const ANSWERS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

const SILENT = 'the name servers of this worker do not answer'

/**
 * Tells a name whose own servers are broken from name servers of ours that are. A control question
 * for a random label below a name that was resolved lately cannot be answered from a cache. A name
 * is held against names of other zones only; with none of those, the root is asked for.
 */
export class NameWatch {
  readonly #servers: readonly string[]
  readonly #patienceMs: number
  readonly #monotonicMs: () => number
  readonly #rounds: SharedRounds<readonly Control[]>
  /** One name for each zone, the one remembered last at the end. */
  readonly #remembered = new Map<string, { readonly name: string; readonly atMs: number }>()
  /** The end of the last round without any answer. */
  #silentAtMs = Number.NEGATIVE_INFINITY

  constructor({ servers = [], patienceMs = PATIENCE_MS, monotonicMs }: NameWatchOptions = {}) {
    this.#servers = servers
    this.#patienceMs = patienceMs
    this.#monotonicMs = monotonicMs ?? (() => performance.now())
    this.#rounds = new SharedRounds({ ask: () => this.#ask(), gapMs: GAP_MS })
  }

  /** A name that the name servers have just given an address for. */
  remember(name: string): void {
    if (name.length > NAME_LENGTH_MAX) return
    const zone = zoneOf(name)
    const atMs = this.#monotonicMs()
    const known = this.#remembered.get(zone)
    if (known !== undefined && atMs - known.atMs < REFRESHED_MS) return
    this.#remembered.delete(zone)
    this.#remembered.set(zone, { name, atMs })
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size > REMEMBERED_MAX && oldest !== undefined)
      this.#remembered.delete(oldest)
  }

  /** Why a name that has not been resolved since then is not to blame for it, or null. */
  async troubleSince(monotonicMs: number, name: string): Promise<string | null> {
    if (this.#silentAtMs >= monotonicMs) return SILENT
    const sinceMs = Math.max(monotonicMs, performance.now() - FRESH_MS)
    const { answer: controls } = await this.#rounds.begunSince(sinceMs)
    const ofOthers = controls.filter(({ zone }) => zone !== null && zone !== zoneOf(name))
    const counted = ofOthers.length > 0 ? ofOthers : controls.filter(({ zone }) => zone === null)
    return counted.some(({ outcome }) => outcome === 'answered') ? null : SILENT
  }

  async #ask(): Promise<readonly Control[]> {
    // A new channel, for it reads the system's name servers anew.
    const channel = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES })
    if (this.#servers.length > 0) channel.setServers(this.#servers)
    const timer = setTimeout(() => channel.cancel(), this.#patienceMs)
    const names = this.#namesToAsk()
    const questions = names.map(async (name) => ({
      zone: zoneOf(name),
      outcome: await outcomeOf(channel.resolve4(`${randomBytes(8).toString('hex')}.${name}`)),
    }))
    // A name of the only zone that is known has nothing else to be held against.
    const root = names.length > 1 ? [] : [outcomeOf(channel.resolveNs('.')).then(ofRoot)]
    const controls = await Promise.all([...questions, ...root])
    clearTimeout(timer)
    if (controls.every(({ outcome }) => outcome === 'unanswered'))
      this.#silentAtMs = performance.now()
    return controls
  }

  #namesToAsk(): readonly string[] {
    const oldestMs = this.#monotonicMs() - REMEMBERED_MS
    return [...this.#remembered.values()]
      .filter(({ atMs }) => atMs >= oldestMs)
      .slice(-CONTROLS_MAX)
      .map(({ name }) => name)
  }
}

function ofRoot(outcome: Control['outcome']): Control {
  return { zone: null, outcome }
}

/** Near enough to who runs the name servers of a name: its last two labels. */
function zoneOf(name: string): string {
  return name.replace(/\.$/, '').split('.').slice(-2).join('.')
}

async function outcomeOf(question: Promise<unknown>): Promise<Control['outcome']> {
  try {
    await question
    return 'answered'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    return ANSWERS.has(code) ? 'answered' : 'unanswered'
  }
}
