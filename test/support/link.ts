import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What is wrong with a link. Directions are seen from whoever connects. */
export type LinkTrouble =
  /** Every piece comes this much later, in order. */
  | { readonly trouble: 'delay'; readonly ms: number }
  /** What was open is closed, and what is opened is closed at once. */
  | { readonly trouble: 'cut' }
  /** Connections stay open, new ones are taken, and nothing comes through: until it is mended, or one side gives up. */
  | { readonly trouble: 'black_hole'; readonly direction: 'both' | 'there' | 'back' }

/** A way to a server on loopback that can be disturbed. */
export type Link = {
  /** To be connected to in place of the server's own. */
  readonly port: number
  connectionCount(): number
  /** Whether the server sees a connection of this link by this port. */
  isFrom(remotePort: number | undefined): boolean
  /** In place of what was wrong with it before. */
  disturb(trouble: LinkTrouble): void
  /** Ends all that is open with RST; what is opened afterwards works. */
  reset(): void
  /** What was held back in a black hole comes through now, as after a router's failure. */
  mend(): void
  close(): Promise<void>
}

/** Bytes that wait in one direction before its sender is made to wait. */
const HELD_BYTES_MAX = 1024 * 1024

type State = {
  delayMs: number
  isCut: boolean
  /** Resolved while pieces may pass. */
  readonly gates: { there: PromiseWithResolvers<void>; back: PromiseWithResolvers<void> }
}

/** Starts a proxy on 127.0.0.1 in front of the port. */
export async function openLink(toPort: number): Promise<Link> {
  const state: State = { delayMs: 0, isCut: false, gates: { there: opened(), back: opened() } }
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => undefined)
    if (state.isCut) return void client.destroy()
    const server = connect({ port: toPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pair = [client, server] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [server, client]] as const) {
      from.on('error', () => to.destroy())
      from.once('close', () => {
        if (from.destroyed && to.destroyed) pairs.delete(pair)
      })
    }
    passOn(client, server, state, 'there')
    passOn(server, client, state, 'back')
  })
  await new Promise<void>((resolve) =>
    proxy.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, resolve),
  )
  const address = proxy.address()
  if (typeof address !== 'object' || address === null) throw new Error('the link has no address')
  const mend = () => {
    Object.assign(state, { delayMs: 0, isCut: false })
    for (const gate of Object.values(state.gates)) gate.resolve()
  }
  const endAll = (how: 'destroy' | 'resetAndDestroy') => {
    for (const socket of [...pairs].flat()) socket[how]()
  }
  return {
    port: address.port,
    connectionCount: () => pairs.size,
    isFrom: (port) => [...pairs].some(([, server]) => server.localPort === port),
    disturb(trouble) {
      mend()
      apply(state, trouble)
      if (trouble.trouble === 'cut') endAll('destroy')
    },
    reset: () => endAll('resetAndDestroy'),
    mend,
    async close() {
      mend()
      endAll('destroy')
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

function apply(state: State, trouble: LinkTrouble): void {
  if (trouble.trouble === 'delay') state.delayMs = trouble.ms
  if (trouble.trouble === 'cut') state.isCut = true
  if (trouble.trouble !== 'black_hole') return
  if (trouble.direction !== 'back') state.gates.there = Promise.withResolvers()
  if (trouble.direction !== 'there') state.gates.back = Promise.withResolvers()
}

/** In order, each piece after its delay and once the way is open, the end of the stream among them. */
function passOn(from: Socket, to: Socket, state: State, direction: 'there' | 'back'): void {
  let queue = Promise.resolve()
  let heldBytes = 0
  const after = (act: () => void) => {
    const dueMs = performance.now() + state.delayMs
    queue = queue.then(async () => {
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await pause(waitMs)
      await state.gates[direction].promise
      act()
    })
  }
  from.on('data', (piece) => {
    heldBytes += piece.length
    if (heldBytes > HELD_BYTES_MAX) from.pause()
    after(() => {
      heldBytes -= piece.length
      to.write(piece)
      if (heldBytes <= HELD_BYTES_MAX) from.resume()
    })
  })
  from.once('end', () => after(() => to.end()))
  // Whoever broke off is heard of on the other side as soon as anything gets there.
  from.once('close', () => after(() => to.destroySoon()))
}

function opened(): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>()
  gate.resolve()
  return gate
}
