import type { Socket } from 'node:net'
import { PAGE_TEXT } from './row-of.ts'
import type { Mode } from './truth.ts'

/** As large as the page of the other benchmarks. */
const PAGE_BYTES = 1_024
const DRIP_EVERY_MS = 40

const page = answer('200 OK', PAGE_TEXT.padEnd(PAGE_BYTES, ' as it was before'))
const wrongPage = answer('200 OK', 'an error'.padEnd(PAGE_BYTES, ' in the place of a page'))
const sorry = answer('503 Service Unavailable', 'not now')
const notOurs = answer('404 Not Found', 'no such site')
const drips = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\nconnection: close\r\n\r\n')
const drop = Buffer.from('.')

type Answer = (socket: Socket, number: number, slowMs: number) => void

const answers: Readonly<Record<Mode, Answer>> = {
  ok: (socket) => finish(socket, page),
  wrong_status: (socket) => finish(socket, sorry),
  wrong_body: (socket) => finish(socket, wrongPage),
  hang: () => undefined,
  reset,
  drip,
  slow: (socket, _number, slowMs) => void setTimeout(() => finish(socket, page), slowMs),
  redirect_loop: (socket, number) => finish(socket, redirectTo(number)),
  // What belongs to the connection cannot be shown any more.
  refuse: (socket) => finish(socket, page),
  tls_expired: (socket) => finish(socket, page),
  tls_wrong_host: (socket) => finish(socket, page),
  tls_self_signed: (socket) => finish(socket, page),
}

/** One request was read; `slowMs` is how long a slow site takes. */
export function answerAs(mode: Mode, socket: Socket, number: number, slowMs: number): void {
  answers[mode](socket, number, slowMs)
}

export function answerStranger(socket: Socket): void {
  finish(socket, notOurs)
}

/** Closed at once when the kernel has taken it all, which spares the call that only ends our side. */
function finish(socket: Socket, bytes: Buffer): void {
  if (socket.destroyed) return
  socket.write(bytes)
  if (socket.writableLength === 0) socket.destroy()
  else socket.destroySoon()
}

/** Below TLS it cannot be reached, and an end without an answer says the same. */
function reset(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}

function drip(socket: Socket): void {
  socket.write(drips)
  const timer = setInterval(() => socket.write(drop), DRIP_EVERY_MS)
  socket.once('close', () => clearInterval(timer))
}

function redirectTo(number: number): Buffer {
  return answer('302 Found', '', `location: /s/${number}\r\n`)
}

function answer(status: string, body: string, fields = ''): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n${fields}connection: close\r\n\r\n${body}`,
  )
}
