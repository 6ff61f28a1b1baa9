import { createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import {
  createSecureContext,
  createServer as createTlsServer,
  TLSSocket,
  type TlsOptions,
} from 'node:tls'
import { behaviours } from '../hostile/themes.ts'

export type HostileTarget = {
  readonly port: number
  /** All requests so far, oldest first, as they came. */
  readonly requests: readonly string[]
  /** Connections open now. */
  readonly openConnections: number
  stop(): Promise<void>
}

export type HostileOptions = {
  /** A loopback address; 127.0.0.1 by default. */
  readonly host?: string
  /** Its certificate, and whatever else is not as usual; without it there is no TLS. */
  readonly tls?: TlsOptions
  /** Hangs up, with a RST, as soon as anybody connects. */
  readonly resetsAtOnce?: boolean
  /** Accepts and never says a word: not even a TLS handshake. */
  readonly isMute?: boolean
  /** Ends what is below TLS without a word of TLS. */
  readonly isCurt?: boolean
  /** Hangs up at the first word of the other side, even of TLS. */
  readonly isShy?: boolean
}

/** The first byte of a TLS handshake. */
const TLS_HELLO = '\x16'

/** A server that misbehaves in whatever way the path names; it listens on a random port of loopback. */
export async function startHostileTarget(options: HostileOptions = {}): Promise<HostileTarget> {
  const sockets = new Set<Socket>()
  const requests: string[] = []
  const receive = (socket: Socket) =>
    onRequest(socket, options, (request) => requests.push(request))
  const server = open(options, receive)
  server.on('connection', (socket) => track(socket, sockets))
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    get openConnections() {
      return sockets.size
    },
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function open({ tls, isMute, isShy, isCurt }: HostileOptions, receive: (socket: Socket) => void) {
  if (isShy) return createServer((socket) => socket.once('data', () => socket.end()))
  if (tls === undefined || isMute) return createServer(receive)
  if (isCurt) return createServer((socket) => receive(curt(socket, tls)))
  const server = createTlsServer({ ALPNProtocols: ['http/1.1'], ...tls }, receive)
  server.on('tlsClientError', () => undefined)
  return server
}

/** What it writes is encrypted; its end is that of the connection alone. */
function curt(socket: Socket, options: TlsOptions): Socket {
  const below = Duplex.from({ readable: socket, writable: socket })
  const above = new TLSSocket(below, {
    isServer: true,
    secureContext: createSecureContext(options),
  })
  above._final = (done) => {
    socket.end()
    done()
  }
  below.on('error', () => undefined)
  return above
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket)
  socket.on('error', () => undefined)
  socket.once('close', () => sockets.delete(socket))
}

function onRequest(
  socket: Socket,
  options: HostileOptions,
  record: (request: string) => void,
): void {
  socket.on('error', () => undefined)
  if (options.resetsAtOnce) socket.resetAndDestroy()
  // It reads all the same, or it would not notice the other side hang up.
  if (options.isMute) socket.resume()
  if (options.isMute || options.resetsAtOnce) return
  let text = ''
  const onData = (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (text.startsWith(TLS_HELLO)) text = 'GET /tls-on-plain-port HTTP/1.1\r\n\r\n'
    if (!text.includes('\r\n\r\n')) return
    socket.off('data', onData).resume()
    record(text)
    behave(socket, text)
  }
  socket.on('data', onData)
}

function behave(socket: Socket, request: string): void {
  const path = request.split(' ', 2)[1]?.split('?', 1)[0] ?? ''
  const behaviour = behaviours[path]
  if (behaviour === undefined) throw new Error(`the hostile target has no ${path}`)
  behaviour(socket, request)
}
