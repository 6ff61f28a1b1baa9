/** Of the names and values of one head together, and of those of the trailers. */
export const HEADER_BYTES_MAX = 16 * 1024

/** A name or a value, of which earlier bytes may have brought a part, and the size of all so far. */
export class Http1Span {
  /** Where it began in the bytes at hand; -1: none has begun. */
  #mark = -1
  #carried = ''
  #countedBytes = 0

  get isTooLarge(): boolean {
    return this.#countedBytes >= HEADER_BYTES_MAX
  }

  begin(at: number): void {
    this.#mark = at
  }

  /** Ends there, and is that text. */
  endAt(end: number, bytes: Buffer): string {
    this.count(end)
    const text = this.#carried + bytes.toString('latin1', this.#mark, end)
    this.#mark = -1
    this.#carried = ''
    return text
  }

  /** Goes on in the bytes that come next. */
  carry(bytes: Buffer): void {
    if (this.#mark < 0) return
    this.count(bytes.length)
    this.#carried += bytes.toString('latin1', this.#mark)
    this.#mark = 0
  }

  /** Goes on up to there at least. */
  count(end: number): void {
    if (this.#mark >= 0) this.#countedBytes += end - this.#mark
  }

  /** What comes next is no part of what was so far. */
  countAnew(): void {
    this.#countedBytes = 0
  }
}
