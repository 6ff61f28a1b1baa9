/**
 * A long-lived part of a process. `start` resolves when it works, `stop` when nothing of it runs
 * any more. Both may be called twice, and `stop` without `start`.
 */
export type Service = {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}
