/** Numbers that look like chance and are the same for the same seed: sfc32, started from two words. */
export class Random {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #counter = 1

  constructor(seed: number, stream: number) {
    this.#a = seed | 0
    this.#b = stream | 0
    for (let round = 0; round < 12; round++) this.#word()
  }

  /** From 0 to below `max`, a whole number. */
  below(max: number): number {
    return Math.floor((this.#word() / 2 ** 32) * max)
  }

  /** From `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.#word() < (share / 100) * 2 ** 32
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** One of several, each as often as its weight says. */
  weigh<Item>(items: readonly [Weighed<Item>, ...Weighed<Item>[]]): Item {
    let at = this.below(items.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, item] of items) {
      at -= weight
      if (at < 0) return item
    }
    return items[0][1]
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }
}

type Weighed<Item> = readonly [weight: number, item: Item]
