import { createServer } from 'node:http'
import { defaultTarget } from '#shared/domain/check.ts'
import { openProbers } from '../../worker/probe/open-probers.ts'

const TIMEOUT_MS = 1_000

/**
 * A look at a page of our own. A worker has looked a thousand times before; the first look of a
 * process compiles what it runs through, and some 15 ms of that would be told as the site's.
 * Where no port can be listened on, the figures are that much worse, and nothing else is.
 */
export async function warmUp(version: string): Promise<void> {
  const server = createServer((_request, response) => response.end('ok'))
  const port = await new Promise<number | null>((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : null)
    })
  })
  if (port === null) return
  const prober = openProbers({
    version,
    allowPrivateTargets: true,
    dnsServers: [],
    secretsDir: null,
  })
  const url = `http://127.0.0.1:${port}/`
  await prober.probe({ ...defaultTarget, url, timeoutMs: TIMEOUT_MS }, 'text')
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
