import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Service } from '#shared/runtime/service.ts'
import { nextAnswer, type OutageScript } from './outage-script.ts'

export type DemoServerOptions = {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly nowMs: () => number
}

const SLOW_MS = 400
/** Whoever hangs on /hang holds a connection: more than these are not accepted. */
const CONNECTIONS_MAX = 2_000
const FLAKY_EVERY = 3

const description = `Uptick's demo target: pages to watch, each in a state of its own.

GET  /ok            200
GET  /slow          200 after ${SLOW_MS} ms
GET  /json          {"status":"OK","version":"1.2.3"}
GET  /json-bad      {"status":"DEGRADED"}
GET  /json-broken   JSON that breaks off in the middle
GET  /numbers       {"queue":{"length":7},"load":0.25,"items":["a","b"]}
GET  /headers       200 with the header x-app-version: 1.2.3
GET  /text          a line of text with a version in it
GET  /status/503    any status from 200 to 599
GET  /redirect      302 to /ok
GET  /hang          never answers
GET  /flaky         every third answer is 503
GET  /outage        down for 26 s, 14 s after the first request and then every 5 minutes
GET  /switch        {"status":"OK"}, or 503 {"status":"DOWN"} while it is switched down

To try an outage by hand:
  curl -X POST <this address>/switch/down
and to end it:
  curl -X POST <this address>/switch/up
`

/** What the pages remember between two requests. */
type Memory = { outage: OutageScript | null; flakyRequests: number; switchedTo: 'up' | 'down' }

type Page = (response: ServerResponse, memory: Memory, nowMs: number) => void

const pages: Readonly<Record<string, Page>> = {
  'GET /': (response) => send(response, 200, description),
  'GET /ok': (response) => send(response, 200, 'OK\n'),
  'GET /slow': (response) => {
    const answer = setTimeout(() => send(response, 200, 'OK\n'), SLOW_MS)
    response.once('close', () => clearTimeout(answer))
  },
  'GET /json': (response) => sendJson(response, 200, { status: 'OK', version: '1.2.3' }),
  'GET /json-bad': (response) => sendJson(response, 200, { status: 'DEGRADED' }),
  'GET /json-broken': (response) => {
    response.setHeader('content-type', 'application/json')
    send(response, 200, '{"status":"OK","vers')
  },
  'GET /numbers': (response) =>
    sendJson(response, 200, { queue: { length: 7 }, load: 0.25, items: ['a', 'b'] }),
  'GET /headers': (response) => {
    response.setHeader('x-app-version', '1.2.3')
    send(response, 200, 'OK\n')
  },
  'GET /text': (response) => send(response, 200, 'demo shop, version 1.2.3, all is well\n'),
  'GET /redirect': (response) => {
    response.setHeader('location', '/ok')
    send(response, 302, 'see /ok\n')
  },
  'GET /hang': () => undefined,
  'GET /flaky': (response, memory) => {
    memory.flakyRequests++
    const isBad = memory.flakyRequests % FLAKY_EVERY === 0
    send(response, isBad ? 503 : 200, isBad ? 'a bad moment\n' : 'OK\n')
  },
  'GET /outage': (response, memory, nowMs) => {
    const { script, answer } = nextAnswer(memory.outage, nowMs)
    memory.outage = script
    send(response, answer === 'up' ? 200 : 503, answer === 'up' ? 'OK\n' : 'down, on purpose\n')
  },
  'GET /switch': (response, memory) => sendSwitch(response, memory),
  'POST /switch/up': (response, memory) => {
    memory.switchedTo = 'up'
    send(response, 200, 'up\n')
  },
  'POST /switch/down': (response, memory) => {
    memory.switchedTo = 'down'
    send(response, 200, 'down\n')
  },
}

/** A small web server to watch. */
export class DemoServer implements Service {
  readonly name = 'demo server'
  readonly #server: Server
  readonly #options: DemoServerOptions

  constructor(options: DemoServerOptions) {
    this.#options = options
    const memory: Memory = { outage: null, flakyRequests: 0, switchedTo: 'up' }
    this.#server = createServer((request, response) => {
      request.resume()
      pageOf(request)(response, memory, options.nowMs())
    })
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** @throws when the port is taken. */
  async start(): Promise<void> {
    if (this.#server.listening) return
    this.#server.listen(this.#options.port, this.#options.host)
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo // a TCP server that listens has one
    return `http://${this.#options.host}:${port}`
  }
}

function pageOf(request: IncomingMessage): Page {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
  const status = /^\/status\/([2-5]\d\d)$/.exec(path)?.[1]
  if (method === 'GET' && status !== undefined) {
    return (response) => send(response, Number(status), `${status}\n`)
  }
  const page = `${method} ${path}`
  if (Object.hasOwn(pages, page)) return pages[page] ?? notFound
  return notFound
}

const notFound: Page = (response) => send(response, 404, 'not a page of the demo target: see /\n')

function sendSwitch(response: ServerResponse, memory: Memory): void {
  if (memory.switchedTo === 'up') sendJson(response, 200, { status: 'OK' })
  else sendJson(response, 503, { status: 'DOWN' })
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.setHeader('content-type', 'application/json')
  send(response, status, JSON.stringify(body))
}

function send(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(body)
}
