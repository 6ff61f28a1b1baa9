import type { Duplex } from 'node:stream'
import { type AnswerReader, CONNECTION_BYTES_MAX } from './answer-reader.ts'
import { failureOfRefusal } from './failure-of-error.ts'
import { Http1Parser } from './http1-parser.ts'
import type { HopRequest } from './redirect.ts'

/** Those of which a server expects a body, so that having none is told. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Sends a request over HTTP/1.1 and lets the reader take in the answer. `fields`: name, value, name,
 * value, all fit to be sent. The connection is for this one exchange: whoever opened it closes it.
 */
export function sendHttp1(
  request: HopRequest,
  fields: readonly string[],
  socket: Duplex,
  reader: AnswerReader,
): void {
  listen(socket, new Http1Parser(reader, request.method), reader)
  reader.onRequestStart()
  const { body } = request
  if (body === null || body === '') {
    socket.write(headOf(request, fields), 'latin1')
    return
  }
  socket.cork()
  socket.write(headOf(request, fields), 'latin1')
  socket.write(body)
  socket.uncork()
}

function listen(socket: Duplex, parser: Http1Parser, reader: AnswerReader): void {
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    const refusal = parser.read(chunk)
    if (bytes > CONNECTION_BYTES_MAX || refusal?.kind === 'endless') reader.onFlood()
    else if (refusal !== null) reader.stop(failureOfRefusal(refusal))
  })
  socket.once('end', () => {
    if (parser.end() === 'cut_short') reader.onClosed()
  })
}

/** The request up to its body. A host among the fields stands for the one of the URL. */
export function headOf({ url, method, body }: HopRequest, fields: readonly string[]): string {
  let host = url.host
  let lines = ''
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name = '', value = ''] = [fields[at], fields[at + 1]]
    if (name === 'host') host = value
    else lines += `${name}: ${value}\r\n`
  }
  const bytes = body === null ? 0 : Buffer.byteLength(body)
  if (bytes > 0 || WITH_BODY.has(method)) lines += `content-length: ${bytes}\r\n`
  const target = url.pathname + url.search
  return `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${lines}\r\n`
}
