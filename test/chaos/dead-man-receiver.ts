import { once } from 'node:events'
import { createServer } from 'node:http'

export type DeadManReceiver = {
  readonly url: string
  /** When each ping came, epoch milliseconds. */
  readonly pingsMs: readonly number[]
  close(): Promise<void>
}

/** Who would raise the alarm if Uptick fell silent. The path of its URL is a secret. */
export async function startDeadManReceiver(secretPath: string): Promise<DeadManReceiver> {
  const pingsMs: number[] = []
  const server = createServer((request, response) => {
    if (request.url === `/${secretPath}`) pingsMs.push(Date.now())
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  return {
    url: `http://127.0.0.1:${address.port}/${secretPath}`,
    pingsMs,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
