import { createServer } from 'node:http'

/**
 * The target of the benchmarks: a small page on loopback, in a process of its own so that its cost
 * is nobody else's. `/hang/...` never answers; `/flap/...` answers 503 between `FLAP_FROM_MS` and
 * `FLAP_UNTIL_MS` after the start; anything else is a 1 KiB page. Prints its port.
 */
const page = Buffer.alloc(1024, 'uptick ')
const flapFromMs = Number(process.env.FLAP_FROM_MS ?? Number.POSITIVE_INFINITY)
const flapUntilMs = Number(process.env.FLAP_UNTIL_MS ?? Number.POSITIVE_INFINITY)

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  if (path.startsWith('/hang')) return
  const isFlapping =
    path.startsWith('/flap') && performance.now() >= flapFromMs && performance.now() < flapUntilMs
  const headers = { 'content-type': 'text/plain', 'content-length': page.length }
  response.writeHead(isFlapping ? 503 : 200, headers).end(page)
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
