import type { ResponseHeaders } from './prober.ts'

/** Numbers that llhttp would not count any more. */
export const LENGTH_MAX = 2 ** 64

/**
 * The fields of one head. Two accounts of where a body ends are how answers are smuggled: any second
 * one is refused, even if they agree.
 */
export class Http1Fields {
  /** Names in lower case; a list where a name comes again. It inherits nothing: any name is one. */
  readonly #values: Record<string, string | string[]> = Object.create(null)
  #name = ''
  #contentLength: number | null = null
  #hasTransferEncoding = false

  get values(): ResponseHeaders {
    return this.#values
  }

  /** Bytes; null: not told. */
  get contentLength(): number | null {
    return this.#contentLength
  }

  /** A field begins. Why it may not, or null. */
  begin(name: string): string | null {
    this.#name = name
    const hasLength = this.#contentLength !== null
    if (name === 'content-length') {
      if (this.#hasTransferEncoding) return "Content-Length can't be present with Transfer-Encoding"
      return hasLength ? 'Duplicate Content-Length' : null
    }
    return name === 'transfer-encoding' && hasLength
      ? "Transfer-Encoding can't be present with Content-Length"
      : null
  }

  /** Its value has a first byte; a coding without any is none. */
  beginValue(): void {
    if (this.#name === 'transfer-encoding') this.#hasTransferEncoding = true
  }

  addLengthDigit(digit: number): string | null {
    this.#contentLength = (this.#contentLength ?? 0) * 10 + digit
    return this.#contentLength > LENGTH_MAX ? 'Content-Length overflow' : null
  }

  add(value: string): void {
    const before = this.#values[this.#name]
    if (before === undefined) this.#values[this.#name] = value
    else if (typeof before === 'string') this.#values[this.#name] = [before, value]
    else before.push(value)
  }
}
