import { Socket } from 'node:net'

/**
 * Loaded into a worker of a test before its own code (`node --import`): does to that process what
 * its host might, when the test says so over the channel between them. What is real stays real: only
 * connections to the targets are touched, and only where they begin.
 */

/** `network_loss`: nobody answers a connection to the targets. `stall`: nothing else is done meanwhile. */
export type WorkerFault = {
  readonly fault: 'network_loss' | 'stall'
  readonly forMs: number
  /** Ports of the targets. */
  readonly ports: readonly number[]
}

let lost: ReadonlySet<number> = new Set()

const connect = Socket.prototype.connect
Socket.prototype.connect = function (this: Socket, ...args: never[]): Socket {
  const port = portIn(args)
  // As a SYN that gets no answer: the socket stays as it is, until whoever opened it gives up.
  if (port !== null && lost.has(port)) return this
  return Reflect.apply(connect, this, args)
} as typeof connect

/** Node calls it with its own normalised arguments, an array in an array, or as it is documented. */
function portIn(args: readonly unknown[]): number | null {
  const [first] = args.flat()
  if (typeof first === 'number') return first
  const isOptions = typeof first === 'object' && first !== null && 'port' in first
  return isOptions ? Number(first.port) : null
}

process.on('message', (message: WorkerFault) => {
  if (message.fault === 'stall') {
    const endMs = performance.now() + message.forMs
    while (performance.now() < endMs);
  }
  if (message.fault === 'network_loss') {
    lost = new Set(message.ports)
    setTimeout(() => {
      lost = new Set()
    }, message.forMs)
  }
})
// The channel is the test's: it keeps no worker alive.
process.channel?.unref()
