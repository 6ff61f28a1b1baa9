import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { type AnswerReader, CONNECTION_BYTES_MAX } from './answer-reader.ts'
import { HEADERS_TOO_LARGE } from './failure-of-error.ts'
import { HEADER_BYTES_MAX } from './http1-span.ts'
import type { HopRequest } from './redirect.ts'

const { NGHTTP2_NO_ERROR } = constants
/** Node reads past JavaScript here: nobody is asked as the bytes come. */
const CHECK_BYTES_EVERY_MS = 50

/**
 * Sends a request over HTTP/2 and lets the reader take in the answer. By Node's own client: undici's
 * sends a refused request once more, and has no limit for the headers.
 */
export function sendHttp2(
  request: HopRequest,
  fields: readonly string[],
  socket: Socket,
  reader: AnswerReader,
): void {
  const session = connect(request.url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false, maxHeaderListSize: HEADER_BYTES_MAX },
  })
  session.on('error', (error) => reader.onResponseError(error))
  reader.httpVersion = '2'
  reader.onRequestStart()
  const { body } = request
  const stream = session.request(headersOf(request, fields), { endStream: body === null })
  listen(stream, reader)
  if (body !== null) stream.end(body)
  endWithAnswer(session, socket, reader)
}

function headersOf(
  { url, method, body }: HopRequest,
  fields: readonly string[],
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ':method': method,
    ':scheme': 'https',
    ':authority': url.host,
    ':path': url.pathname + url.search,
  }
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name = '', value] = fields.slice(at, at + 2)
    headers[name === 'host' ? ':authority' : name] = value
  }
  return body === null ? headers : { ...headers, 'content-length': Buffer.byteLength(body) }
}

function listen(stream: ClientHttp2Stream, reader: AnswerReader): void {
  stream.on('error', (error) => reader.onResponseError(error))
  stream.on('headers', (headers) => start(headers, reader))
  stream.on('response', (headers) => {
    reader.onResponseStarted()
    start(headers, reader)
    stream.on('data', (chunk: Buffer) => reader.onResponseData(chunk))
  })
  stream.on('end', () => {
    // Node ends a stream that was reset as if it had come to its end.
    if (stream.rstCode === undefined || stream.rstCode === NGHTTP2_NO_ERROR) reader.onResponseEnd()
  })
  stream.on('close', () => reader.onClosed())
}

function start(
  { ':status': status = 0, ...headers }: IncomingHttpHeaders & IncomingHttpStatusHeader,
  reader: AnswerReader,
): void {
  if (sizeOf(headers) > HEADER_BYTES_MAX) reader.stop(HEADERS_TOO_LARGE)
  else reader.onResponseStart(status, headers)
}

/** Node keeps to no size, although it tells the server one. */
function sizeOf(headers: IncomingHttpHeaders): number {
  return Object.entries(headers).reduce(
    (sum, [name, value = '']) => sum + name.length + [value].flat().join().length,
    0,
  )
}

function endWithAnswer(session: ClientHttp2Session, socket: Socket, reader: AnswerReader): void {
  const timer = setInterval(() => {
    if (socket.bytesRead > CONNECTION_BYTES_MAX) reader.onFlood()
  }, CHECK_BYTES_EVERY_MS)
  void reader.done.finally(() => {
    clearInterval(timer)
    session.destroy()
  })
}
