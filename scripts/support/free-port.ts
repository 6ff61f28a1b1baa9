import { createServer } from 'node:net'

/**
 * Below what operating systems give to connections that go out (Linux from 32768, macOS from 49152):
 * a port that is free now is not taken by one of those before its server has started.
 */
const FIRST = 15_000
const LAST = 31_999
const TRIES = 200

/** A port of 127.0.0.1 that nothing listens on, chosen at random: whoever else looks finds another. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1))
    if (await isPortFree(port)) return port
  }
  throw new Error(`no free port found from ${FIRST} to ${LAST}`)
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
