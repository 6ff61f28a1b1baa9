import { Socket } from 'node:net'

/**
 * Loaded into a process before its own code (`node --import`): cuts its own link to one port when the
 * harness says so, for servers that several runs share. Open connections break, new ones are refused.
 */

export type CutLink = { readonly cutLink: { readonly port: number; readonly forMs: number } }

/** Nobody listens there: a connection is refused by the kernel as it would be by the server's. */
const NOBODYS_PORT = 1

const open = new Map<Socket, number>()
const cut = new Set<number>()

const connect = Socket.prototype.connect
Socket.prototype.connect = function (this: Socket, ...args: never[]): Socket {
  const [first]: readonly unknown[] = args.flat()
  const isPlaced = typeof first === 'object' && first !== null && 'port' in first
  if (!isPlaced) return Reflect.apply(connect, this, args)
  const port = Number(first.port)
  if (cut.has(port)) {
    const refused = { host: '127.0.0.1', port: NOBODYS_PORT }
    return Reflect.apply(connect, this, [refused])
  }
  open.set(this, port)
  this.once('close', () => open.delete(this))
  return Reflect.apply(connect, this, args)
} as typeof connect

process.on('message', ({ cutLink }: Partial<CutLink>) => {
  if (cutLink === undefined) return
  const { port, forMs } = cutLink
  cut.add(port)
  for (const [socket, to] of open) if (to === port) socket.destroy(new Error('the link is cut'))
  setTimeout(() => cut.delete(port), forMs)
})
// The channel is the harness's: it keeps no process alive.
process.channel?.unref()
