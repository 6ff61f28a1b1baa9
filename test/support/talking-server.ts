import { createServer, type Socket } from 'node:net'

export type TalkingServer = {
  readonly port: number
  /** All that was heard so far, by any connection. */
  readonly heard: string
  readonly openConnections: number
  stop(): Promise<void>
}

/** A TCP server on a random port of 127.0.0.1 that does with a connection whatever it is told. */
export async function startTalkingServer(
  talk: (socket: Socket, heard: () => string) => void,
): Promise<TalkingServer> {
  const sockets = new Set<Socket>()
  let heard = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      heard += bytes.toString('utf8')
    })
    talk(socket, () => heard)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get heard() {
      return heard
    },
    get openConnections() {
      return sockets.size
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
