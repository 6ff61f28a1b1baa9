import { createServer } from 'node:http'

/**
 * The target of the benchmarks: a small page on loopback, in a process of its own so that its cost
 * is nobody else's. `/hang/...` never answers; anything else is a 1 KiB page. Prints its port.
 */
const page = Buffer.alloc(1024, 'uptick ')
const server = createServer({ keepAlive: false }, (request, response) => {
  if (request.url?.startsWith('/hang')) return
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': page.length }).end(page)
})
server.listen(
  { host: '127.0.0.1', port: Number(process.env.TARGET_PORT ?? 0), backlog: 4_096 },
  () => {
    const address = server.address()
    if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`)
  },
)
process.on('SIGTERM', () => process.exit(0))
