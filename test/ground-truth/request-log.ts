import { closeSync, openSync, writeSync } from 'node:fs'
import type { Logging } from './ground-truth-message.ts'
import type { Mode } from './truth.ts'

const FLUSH_CHARS = 64 * 1_024
/** A target that is killed loses no more than this much. */
const FLUSH_EVERY_MS = 250

/** Appends a line of JSON for each answer, many at a time, or only counts. */
export class RequestLog {
  readonly #file: number | null
  readonly #timer: NodeJS.Timeout | null
  readonly #counts = new Map<Mode, number>()
  #pending = ''

  constructor(logging: Logging, path: string) {
    this.#file = logging === 'full' ? openSync(path, 'a') : null
    this.#timer = logging === 'full' ? setInterval(() => this.flush(), FLUSH_EVERY_MS) : null
  }

  /** `readCheckId` is not called where nothing is written. */
  add(atMs: number, site: number, mode: Mode, readCheckId: () => string | null): void {
    this.#counts.set(mode, (this.#counts.get(mode) ?? 0) + 1)
    if (this.#file === null) return
    const id = readCheckId()
    const checkId = id === null ? 'null' : `"${id}"`
    this.#pending += `{"atMs":${atMs},"site":${site},"checkId":${checkId},"mode":"${mode}"}\n`
    if (this.#pending.length > FLUSH_CHARS) this.flush()
  }

  /** Of each mode; those that never were have none. */
  get counts(): Readonly<Partial<Record<Mode, number>>> {
    return Object.fromEntries(this.#counts)
  }

  flush(): void {
    if (this.#file !== null && this.#pending !== '') writeSync(this.#file, this.#pending)
    this.#pending = ''
  }

  close(): void {
    this.flush()
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#file !== null) closeSync(this.#file)
  }
}
