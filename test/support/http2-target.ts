import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { Certificate } from './certificates.ts'

/** A server that speaks HTTP/2 frame by frame, each as wrong as it likes. */
export type Http2Target = {
  readonly port: number
  readonly openConnections: number
  stop(): Promise<void>
}

/** What it does once the client's request is there; stream 1 is the request's. */
export type Http2Behaviour = (socket: TLSSocket) => void

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const HEADERS = 1
/** Types and flags of RFC 9113. */
export const frameType = {
  data: 0,
  headers: HEADERS,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const
export const END_STREAM = 1
export const END_HEADERS = 4

export function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(streamId, 5)
  return Buffer.concat([head, payload])
}

/** HPACK (RFC 7541) without Huffman or table: each field as it is. */
export function fields(...pairs: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])),
  )
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const rest = bytes.length - 127
  const low = (rest & 0x7f) | 0x80
  return Buffer.concat([Buffer.from([127, low, (rest >> 7) | 0x80, rest >> 14]), bytes])
}

export async function startHttp2Target(
  certificate: Certificate,
  behaviour: Http2Behaviour,
): Promise<Http2Target> {
  const sockets = new Set<Socket>()
  const server = createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => undefined)
    let received = Buffer.alloc(0)
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (!hasRequest(received)) return
      socket.off('data', onData).resume()
      behaviour(socket)
    }
    socket.on('data', onData)
    socket.write(frame(frameType.settings, 0, 0, Buffer.alloc(0)))
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get openConnections() {
      return sockets.size
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Whether a frame with the request's headers is among what came. */
function hasRequest(received: Buffer): boolean {
  for (let at = PREFACE.length; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
    if (received[at + 3] === HEADERS) return true
  }
  return false
}
