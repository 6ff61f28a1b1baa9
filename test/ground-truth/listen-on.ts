import type { Server } from 'node:net'

/** What the kernel keeps of connections that were not accepted yet: a fleet comes all at once. */
const BACKLOG = 4_096

/** On 127.0.0.1; port 0 is any. Anything but a port that is taken throws. */
export function listenOn(server: Server, port: number): Promise<'listening' | 'taken'> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening)
      if (error.code === 'EADDRINUSE') resolve('taken')
      else reject(error)
    }
    const onListening = () => {
      server.off('error', onError)
      resolve('listening')
    }
    server.once('error', onError).once('listening', onListening)
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG })
  })
}

export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}
