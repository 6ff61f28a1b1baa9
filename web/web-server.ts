import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Service } from '#shared/runtime/service.ts'
import type { Connection } from './caller-address.ts'

export type WebAddress = { readonly host: string; readonly port: number }

/** What a caller may make us wait for. */
export type WebLimits = {
  /** From the first byte of a request to its last. */
  readonly requestMs: number
  /** Of a connection on which nothing moves. */
  readonly idleMs: number
  readonly connections: number
}

const defaultLimits: WebLimits = { requestMs: 10_000, idleMs: 15_000, connections: 2_000 }
/** The request line counts as well: room for a long message in a query. */
const HEADER_BYTES_MAX = 8 * 1024
const REQUESTS_PER_CONNECTION_MAX = 1_000
const KEEP_ALIVE_MS = 5_000
/** How often connections are held against the limits. */
const LIMIT_CHECK_MS = 500
/** What a stop waits for requests under way; longer than a call may take. */
const DRAIN_MS = 10_000
const DRAIN_SWEEP_MS = 50

type Fetch = (request: Request, connection: Connection) => Response | Promise<Response>

/** Serves HTTP/1.1, with every wait bounded. */
export class WebServer implements Service {
  readonly name = 'web server'
  readonly #address: WebAddress
  readonly #fetch: Fetch
  readonly #limits: WebLimits
  #server: Server | null = null

  constructor(address: WebAddress, fetch: Fetch, limits: WebLimits = defaultLimits) {
    this.#address = address
    this.#fetch = fetch
    this.#limits = limits
  }

  async start(): Promise<void> {
    if (this.#server !== null) return
    const server = openServer(this.#fetch, this.#limits)
    const { host, port } = this.#address
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    this.#server = server
  }

  /** The port that is listened on; for an address with port 0. */
  get port(): number {
    const address: AddressInfo | string | null = this.#server?.address() ?? null
    if (address === null || typeof address === 'string')
      throw new Error('the server is not started')
    return address.port
  }

  /** Takes no more requests, and waits for those under way. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    // A connection is kept alive after its answer: it is closed as soon as it is idle.
    const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS)
    const hurry = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    await new Promise<void>((resolve) => server.close(() => resolve()))
    clearInterval(sweep)
    clearTimeout(hurry)
  }
}

function openServer(fetch: Fetch, limits: WebLimits): Server {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) =>
      fetch(request, { callerAddress: incoming.socket.remoteAddress ?? null }),
    // Other code of the process keeps the Request and Response that it knows.
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: limits.requestMs,
      headersTimeout: limits.requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: LIMIT_CHECK_MS,
    },
  })
  if (!(server instanceof Server)) throw new Error('the adaptor made no HTTP/1.1 server')
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX
  server.timeout = limits.idleMs
  return server
}
