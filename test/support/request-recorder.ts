import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Certificate } from './certificates.ts'

/** A request as a well-behaved server saw it, and how it was connected. */
export type SeenRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
  /** The name that TLS was asked for. */
  readonly serverName: string | null
  /** Whom the client's certificate named, if it showed one that the server trusts. */
  readonly client: string | null
}

export type RequestRecorder = {
  readonly port: number
  readonly seen: readonly SeenRequest[]
  readonly openConnections: number
  stop(): Promise<void>
}

export type RecorderOptions = {
  readonly host?: string
  readonly certificate?: Certificate
  /** Asks clients for a certificate of this authority. */
  readonly clientCa?: string
  /** Hangs up on clients without one. */
  readonly insists?: boolean
  /** 200 and `ok` by default. */
  readonly answer?: RequestListener
}

/** A server that keeps to the rules of HTTP/1.1 and remembers who asked what. */
export async function startRequestRecorder(
  options: RecorderOptions = {},
): Promise<RequestRecorder> {
  const { certificate, clientCa, insists = false, host = '127.0.0.1' } = options
  const { answer = (_request, response) => response.end('ok') } = options
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const onRequest: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      seen.push(recordOf(request, body))
      answer(request, response)
    })
  }
  const asks = clientCa === undefined ? {} : { requestCert: true, ca: clientCa }
  const server =
    certificate === undefined
      ? createServer(onRequest)
      : createTlsServer({ ...certificate, ...asks, rejectUnauthorized: insists }, onRequest)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen({ port: 0, host, backlog: 4_096 }, resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen,
    get openConnections() {
      return sockets.size
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

function recordOf(
  { method = '', url = '', headers, socket }: IncomingMessage,
  body: string,
): SeenRequest {
  const tls = socket instanceof TLSSocket ? socket : null
  const serverName = tls !== null && typeof tls.servername === 'string' ? tls.servername : null
  const client = tls?.authorized ? String(tls.getPeerCertificate().subject.CN) : null
  return { method, path: url, headers, body, serverName, client }
}
