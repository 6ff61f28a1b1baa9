import { randomUUID } from 'node:crypto'

/** A file that was looked at and waits for the word to load it. */
export type HeldFile = { readonly name: string; readonly content: Buffer }

/** Each at most as large as an upload may be. */
const FILES_MAX = 4
const HELD_MS = 15 * 60_000

/**
 * Files between the look at what they would change and the word to do it: in the memory of this
 * process, few and not for long. Another process, or this one after a restart, asks for the file again.
 */
export class HeldFiles {
  readonly #files = new Map<string, HeldFile & { readonly untilMs: number }>()

  /** The oldest makes room. */
  hold(file: HeldFile, nowMs: number): string {
    const [oldest] = this.#files.keys()
    if (this.#files.size >= FILES_MAX && oldest !== undefined) this.#files.delete(oldest)
    const id = randomUUID()
    this.#files.set(id, { ...file, untilMs: nowMs + HELD_MS })
    return id
  }

  /** Once: what is loaded is not held any longer. Null: it is not here. */
  take(id: string, nowMs: number): HeldFile | null {
    const file = this.#files.get(id) ?? null
    this.#files.delete(id)
    return file !== null && file.untilMs > nowMs ? file : null
  }
}
