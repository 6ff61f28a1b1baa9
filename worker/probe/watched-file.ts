import { readFileSync, statSync } from 'node:fs'

/** How stale a file's content may be; looking more often would cost each probe a system call. */
const CHECK_EVERY_MS = 30_000
/** No file that configures name resolution is larger; one that is counts as empty. */
const BYTES_MAX = 16 * 1024 * 1024

/** A small file, read and parsed once, and again when it has changed. A file that is not there is empty. */
export class WatchedFile<T> {
  readonly #path: string
  readonly #parse: (text: string) => T
  readonly #nowMs: () => number
  #checkedAtMs: number
  #version: string
  #value: T

  constructor(
    path: string,
    parse: (text: string) => T,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#path = path
    this.#parse = parse
    this.#nowMs = nowMs
    this.#checkedAtMs = nowMs()
    this.#version = this.#readVersion()
    this.#value = this.#read()
  }

  get value(): T {
    const nowMs = this.#nowMs()
    if (nowMs - this.#checkedAtMs >= CHECK_EVERY_MS) this.#refresh(nowMs)
    return this.#value
  }

  #refresh(nowMs: number): void {
    this.#checkedAtMs = nowMs
    const version = this.#readVersion()
    if (version === this.#version) return
    this.#version = version
    this.#value = this.#read()
  }

  #readVersion(): string {
    const stat = statSync(this.#path, { throwIfNoEntry: false })
    return stat === undefined ? 'absent' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`
  }

  #read(): T {
    const stat = statSync(this.#path, { throwIfNoEntry: false })
    const isReadable = stat?.isFile() && stat.size <= BYTES_MAX
    return this.#parse(isReadable ? readFileSync(this.#path, 'utf8') : '')
  }
}
