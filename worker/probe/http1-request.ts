import type { Socket } from 'node:net'
import { type buildConnector, Client } from 'undici'
import { type AnswerReader, CONNECTION_BYTES_MAX, HEADER_BYTES_MAX } from './answer-reader.ts'
import type { HopRequest } from './redirect.ts'

/** The last digit of `HTTP/1.x`, which undici's parser does not tell. */
const MINOR_VERSION_AT = 7
const ZERO = 0x30

/**
 * Sends a request over HTTP/1.1 and lets the reader take in the answer. `fields`: name, value, name,
 * value. undici's own timers stay off: one deadline, ours, is exact and holds for everything.
 */
export function sendHttp1(
  { url, method, body }: HopRequest,
  fields: string[],
  socket: Socket,
  reader: AnswerReader,
): void {
  watchReading(socket, reader)
  const client = new Client(url.origin, {
    connect: handOver(socket),
    allowH2: false,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  client.dispatch(
    { path: url.pathname + url.search, method, headers: fields, body, reset: true },
    reader,
  )
}

/** A client connects once, to the socket that is there; a second time would be another connection. */
function handOver(socket: Socket): buildConnector.connector {
  let isGiven = false
  return (_options, take) => {
    if (isGiven) return take(new ClosedUnasked(), null)
    isGiven = true
    // Not at once: the client is still in the middle of asking for it.
    queueMicrotask(() => take(null, socket))
  }
}

/** Looks at what undici reads, in passing: at the version, and at how much it is. */
function watchReading(socket: Socket, reader: AnswerReader): void {
  const read = socket.read
  let bytes = 0
  socket.read = (size) => {
    const chunk: unknown = read.call(socket, size)
    if (!Buffer.isBuffer(chunk)) return chunk
    const isVersionHere = bytes <= MINOR_VERSION_AT && bytes + chunk.length > MINOR_VERSION_AT
    if (isVersionHere && chunk[MINOR_VERSION_AT - bytes] === ZERO) reader.httpVersion = '1.0'
    bytes += chunk.length
    if (bytes > CONNECTION_BYTES_MAX) reader.onFlood()
    return chunk
  }
}

/** In the shape of Node's own errors. */
class ClosedUnasked extends Error {
  readonly code = 'ECONNRESET'
}
