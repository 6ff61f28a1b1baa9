/**
 * Loaded into a process of a test before its own code (`node --import`): its calendar goes wrong by as
 * much as the test says over the channel between them. Timers and durations stay right, as they do
 * where somebody sets a host's clock.
 */

export type ClockFault = { readonly clockAheadMs: number }

let aheadMs = 0

const TrueDate = globalThis.Date
const trueNow = TrueDate.now

TrueDate.now = () => trueNow() + aheadMs
// Those that were made before are of the same class as those made now.
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [TrueDate.now()] : args, newTarget),
  apply: () => new TrueDate(TrueDate.now()).toString(),
})

process.on('message', (message: Partial<ClockFault>) => {
  if (message.clockAheadMs !== undefined) aheadMs = message.clockAheadMs
})
// The channel is the test's: it keeps no process alive.
process.channel?.unref()
