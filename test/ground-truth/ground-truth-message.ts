import type { TruthOptions } from './make-truth.ts'
import type { Certificates } from './show-certificates.ts'
import type { Mode, Order, Period, Sites } from './truth.ts'

/** What is said between the target's process and whoever started it. */

/** `full`: a line for each request; `count`: numbers alone, at next to no cost. */
export type Logging = 'full' | 'count'

/** To the process, as its only argument. */
export type Assignment = {
  readonly truth: TruthOptions
  /** Epoch milliseconds, a multiple of the cadence. */
  readonly startMs: number
  /** After how long a slow site answers. */
  readonly slowMs: number
  readonly logging: Logging
  readonly logFile: string
  readonly certificates: Certificates
}

/** Each is answered with the facts when all that was served before is in the file. */
export type Question = { readonly id: number } & (
  | { readonly ask: 'obey'; readonly order: Command }
  | { readonly ask: 'facts' }
)

/** An order that begins when it is heard. */
export type Command = { readonly mode: Mode; readonly forMs: number; readonly sites: Sites }

export type Reply =
  | {
      readonly kind: 'ready'
      readonly http: number
      readonly https: number
      readonly doors: readonly (readonly [number: number, port: number])[]
    }
  | { readonly kind: 'facts'; readonly id: number; readonly facts: Facts }

/** What came to be while the scripts ran. */
export type Facts = {
  readonly orders: readonly Order[]
  /** When doors were really closed: their listeners take a moment to see what their scripts say. */
  readonly closed: readonly ClosedDoor[]
  /** Answers and bad certificates so far, by mode; those that never were have none. */
  readonly served: Readonly<Partial<Record<Mode, number>>>
}

export type ClosedDoor = Omit<Period, 'mode'> & { readonly number: number }
