import type { Db } from '#db/connect.ts'
import { type PipelineHealth, readPipelineHealth } from '#db/pipeline-health.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'

export type Health = PipelineHealth & { readonly hasDatabase: boolean }

/** Anybody may ask: however many do, the database is asked once a second. */
const KEPT_MS = 1_000
/** Whoever asks decides by the answer: one that comes late is as good as none. */
const DEADLINE_MS = 3_000
const silent: Health = { hasDatabase: false, isScheduling: false, isRecording: false }

/** Looks whether all of Uptick works, as far as its database shows. */
export class HealthWatch {
  readonly #db: Db
  readonly #nowMs: () => number
  readonly #log: Log
  #last: { readonly atMs: number; readonly health: Promise<Health> } | null = null

  constructor({ db, nowMs, log }: { db: Db; nowMs: () => number; log: Log }) {
    this.#db = db
    this.#nowMs = nowMs
    this.#log = log
  }

  read(): Promise<Health> {
    const atMs = this.#nowMs()
    if (this.#last !== null && Math.abs(atMs - this.#last.atMs) < KEPT_MS) return this.#last.health
    const health = this.#look()
    this.#last = { atMs, health }
    return health
  }

  async #look(): Promise<Health> {
    const { promise: tooLate, resolve } = Promise.withResolvers<Health>()
    const timer = setTimeout(() => resolve(silent), DEADLINE_MS)
    const found = await Promise.race([this.#ask(), tooLate])
    clearTimeout(timer)
    return found
  }

  async #ask(): Promise<Health> {
    try {
      return { hasDatabase: true, ...(await readPipelineHealth(this.#db)) }
    } catch (error) {
      this.#log.warn({ error: errorText(error) }, 'the health of the pipeline could not be read')
      return silent
    }
  }
}
