import { errorText, type Log } from '#shared/runtime/log.ts'
import type { ChangeFeed } from '../change-feed.ts'
import { overallWords } from './overall-state.ts'
import { type StatusFacts, sitesOf } from './status-facts.ts'

/** What is told in public, and what was made of it once for all who ask. */
export type Board<Made> = {
  readonly facts: StatusFacts
  readonly made: Made
  /** Another one with each board: pages that are open hear of it. */
  readonly version: string
}

export type BoardParts<Made> = {
  readonly read: () => Promise<StatusFacts>
  readonly make: (facts: StatusFacts, version: string) => Promise<Made>
  readonly changes: ChangeFeed
  readonly onNew: (board: Board<Made>) => void
  /** Whether somebody has a page open that wants to hear of news. */
  readonly isWatched: () => boolean
  readonly nowMs: () => number
  readonly log: Log
  /** From the beginning of one reading to that of the next, at least; 3 s by default. */
  readonly pauseMs?: number
}

const PAUSE_MS = 3_000
/** Nobody is given an older one, whatever happens to the database. */
const MAX_AGE_MS = 60_000
/** While nothing else happens, figures are brought up to date so often: just within the feed's tick. */
const FIGURES_AGE_MS = 25_000
/** For so long after somebody asked, changes are read before the next one asks. */
const INTEREST_MS = 120_000

/**
 * Keeps what is told in public: read at most every few seconds however many ask, and only while
 * somebody does. Requests are answered from memory.
 */
export class StatusBoard<Made> {
  readonly #parts: BoardParts<Made>
  #board: Board<Made> | null = null
  /** When the reading of the board that is shown began, and when the last reading did. */
  #shownAtMs = Number.NEGATIVE_INFINITY
  #startedAtMs = Number.NEGATIVE_INFINITY
  #askedAtMs = Number.NEGATIVE_INFINITY
  #hasChanged = false
  #reading: Promise<Board<Made>> | null = null
  #timer: NodeJS.Timeout | null = null
  #versions = 0

  constructor(parts: BoardParts<Made>) {
    this.#parts = parts
    parts.changes.subscribe(
      () => this.#noteChange(),
      () => this.#cancelTimer(),
    )
  }

  /**
   * The newest board.
   * @throws when the database cannot be read, and the last one is too old to be shown.
   */
  async current(): Promise<Board<Made>> {
    const nowMs = this.#parts.nowMs()
    this.#askedAtMs = nowMs
    const isFresh = this.#board !== null && nowMs - this.#shownAtMs < MAX_AGE_MS
    // A change that nobody waited for is waited for by the first who comes.
    if (this.#board !== null && isFresh && (!this.#hasChanged || this.#timer !== null))
      return this.#board
    try {
      return await this.#read()
    } catch (error) {
      if (this.#board !== null && isFresh) return this.#board
      throw error
    }
  }

  #noteChange(): void {
    this.#hasChanged = true
    const { nowMs, isWatched, pauseMs = PAUSE_MS } = this.#parts
    if (!isWatched() && nowMs() - this.#askedAtMs > INTEREST_MS) return
    const waitMs = Math.max(0, this.#startedAtMs + pauseMs - nowMs())
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#read().catch((error: unknown) => {
        this.#parts.log.warn({ error: errorText(error) }, 'the status page could not be renewed')
      })
    }, waitMs).unref()
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #read(): Promise<Board<Made>> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = null
      // What changed meanwhile may have been read too early.
      if (this.#hasChanged) this.#noteChange()
    })
    return this.#reading
  }

  async #readNow(): Promise<Board<Made>> {
    const { read, make, onNew, nowMs } = this.#parts
    this.#hasChanged = false
    const atMs = nowMs()
    this.#startedAtMs = atMs
    const facts = await read()
    const before = this.#board
    // The database says that something changed, not what: if nobody is told of it here, nothing is new.
    if (
      before !== null &&
      atMs - this.#shownAtMs < FIGURES_AGE_MS &&
      isSameNews(before.facts, facts)
    ) {
      return before
    }
    const version = `${facts.asOfMs}-${++this.#versions}`
    const board = { facts, made: await make(facts, version), version }
    this.#board = board
    this.#shownAtMs = atMs
    onNew(board)
    return board
  }
}

/** Whether all that is told in words is the same; figures move all the time. */
export function isSameNews(one: StatusFacts, other: StatusFacts): boolean {
  return news(one) === news(other)
}

function news(facts: StatusFacts): string {
  const { title, overall, outages, incidents, maintenance, left } = facts
  const sites = sitesOf(facts).map(({ slug, name, group, state }) => [slug, name, group, state])
  return JSON.stringify([
    title,
    overallWords[overall],
    sites,
    left,
    outages,
    incidents,
    maintenance,
  ])
}
