import { once } from 'node:events'
import { createServer } from 'node:net'

export type CanaryTarget = { readonly port: number; close(): Promise<void> }

/** What is certainly up, for workers to tell the loss of their own network by: it takes connections, and that is all. */
export async function startCanary(): Promise<CanaryTarget> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the canary has no address')
  return {
    port: address.port,
    close: async () => void (await new Promise((resolve) => server.close(resolve))),
  }
}
