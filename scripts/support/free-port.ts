import { createServer } from 'node:net'

/** What the operating system offers when asked for any port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const port = await tryToListen(0)
  if (port === null) throw new Error('the operating system has no free port left')
  return port
}

/** Whether nothing listens on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryToListen(port)) !== null
}

function tryToListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      const listening = typeof address === 'object' && address !== null ? address.port : null
      server.close(() => resolve(listening))
    })
  })
}
