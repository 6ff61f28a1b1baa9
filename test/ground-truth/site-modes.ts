import { modeAt, overlay } from './script.ts'
import type { Mode, Order, Script, ScriptedSite } from './truth.ts'

/** What each site does now: its script, and what was ordered since. All times are those of scripts. */
export class SiteModes {
  readonly #scripts: Script[]
  readonly #orders: Order[] = []

  constructor(sites: readonly ScriptedSite[]) {
    this.#scripts = sites.map(({ script }) => script)
  }

  get orders(): readonly Order[] {
    return this.#orders
  }

  has(number: number): boolean {
    return number >= 1 && number <= this.#scripts.length
  }

  of(number: number, atMs: number): Mode {
    return modeAt(this.#scripts[number - 1] ?? [], atMs)
  }

  obey(order: Order): void {
    this.#orders.push(order)
    const numbers = order.sites === 'all' ? this.#scripts.keys() : order.sites.map((n) => n - 1)
    // Most sites share the script of those that are steady, and go on to share it.
    const changed = new Map<Script, Script>()
    for (const index of numbers) {
      const script = this.#scripts[index] ?? []
      const after = changed.get(script) ?? overlay(script, order)
      changed.set(script, after)
      this.#scripts[index] = after
    }
  }
}
