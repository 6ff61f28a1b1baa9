import type { Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'

/** Takes over a connection once its request has come, as text. */
export type Behaviour = (socket: Socket, request: string) => void

const MIB = 1024 * 1024
const GZIP = { 'content-encoding': 'gzip' }

function head(status: number, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Some Words\r\n${lines.join('')}\r\n`
}

function answer(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  const bytes = Buffer.from(body)
  return (socket) => {
    socket.write(head(status, { 'content-length': bytes.length, ...headers }))
    socket.end(bytes)
  }
}

function raw(text: string): Behaviour {
  return (socket) => socket.end(text, 'latin1')
}

/** The query says where to: `/redirect?http://...`. */
function redirect(status: number): Behaviour {
  return (socket, request) => {
    const to = request.split(' ', 2)[1]?.split('?').slice(1).join('?') ?? ''
    answer(status, '', { location: decodeURIComponent(to) })(socket, request)
  }
}

function every(ms: number, text: string): Behaviour {
  return (socket) => {
    const timer = setInterval(() => socket.write(text), ms)
    socket.once('close', () => clearInterval(timer))
  }
}

/** Writes as fast as it is read, without end. */
function flood(chunk: Buffer): Behaviour {
  return (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pour)
    pour()
  }
}

function after(first: string | Buffer, next: Behaviour): Behaviour {
  return (socket, request) => socket.write(first, () => next(socket, request))
}

const json = { 'content-type': 'application/json' }

/** What the hostile target does when it is asked for a path. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  '/': answer(200, 'all is well'),
  '/ok': answer(200, 'all is well'),
  '/json': answer(
    200,
    '{"status":"OK","items":[{"id":7}],"on":true,"none":null,"deep":{"a":[1]}}',
    json,
  ),
  '/html': answer(200, '<!doctype html><p>version 12.5</p>', { 'content-type': 'text/html' }),
  '/empty': answer(200, ''),
  '/no-content': raw('HTTP/1.1 204 No Content\r\n\r\n'),
  '/not-modified': raw('HTTP/1.1 304 Not Modified\r\n\r\n'),
  '/until-closed': raw('HTTP/1.1 200 OK\r\n\r\nuntil closed'),
  '/chunked': raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
  '/never-closed': after('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', () => undefined),
  '/answer-then-reset': after('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', (socket) => {
    setImmediate(() => socket.resetAndDestroy())
  }),
  '/error': answer(503, 'out of order'),
  '/missing': answer(404, 'nothing here'),
  '/plain-only': answer(400, 'this port does not speak TLS'),
  '/hang': () => undefined,
  '/hang-in-body': after('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', () => undefined),
  '/drip-headers': after('HTTP/1.1 200 OK\r\nx-slow: ', every(20, 'a')),
  '/drip-body': after('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', every(20, 'a')),
  '/reset': (socket) => socket.resetAndDestroy(),
  '/close': (socket) => socket.end(),
  '/reset-in-headers': after('HTTP/1.1 200 OK\r\nx-half', (socket) => socket.resetAndDestroy()),
  '/reset-in-body': after('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', (socket) => {
    setImmediate(() => socket.resetAndDestroy())
  }),
  '/body-cut-short': raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
  '/body-cut-short-and-closed': raw(
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf',
  ),
  '/chunk-cut-short': raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf'),
  '/chunk-cut-short-and-closed': raw(
    'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf',
  ),
  '/chunk-size-lies': raw(
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n',
  ),
  '/two-lengths': raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!'),
  '/negative-length': raw('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nok'),
  '/enormous-length': after(
    'HTTP/1.1 200 OK\r\ncontent-length: 1000000000000000000\r\n\r\n',
    flood(Buffer.alloc(65_536, 'a')),
  ),
  '/junk': raw('SSH-2.0-OpenSSH_9.9\r\n'),
  '/http-9': raw('HTTP/9.9 200 OK\r\n\r\n'),
  '/status-0': raw('HTTP/1.1 000 Nothing\r\n\r\n'),
  '/bad-header': raw('HTTP/1.1 200 OK\r\nx y: z\r\n\r\n'),
  '/no-headers': raw('HTTP/1.1 200 OK\r\n\r\n'),
  '/continue': raw('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  '/switch': raw('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  '/hints': raw(
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  ),
  '/hint-flood': flood(Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')),
  '/large-header': raw(`HTTP/1.1 200 OK\r\nx-large: ${'a'.repeat(100 * 1024)}\r\n\r\n`),
  '/many-headers': raw(`HTTP/1.1 200 OK\r\n${'x-many: a\r\n'.repeat(10_000)}\r\n`),
  '/infinite': after('HTTP/1.1 200 OK\r\n\r\n', flood(Buffer.alloc(65_536, 'a'))),
  '/infinite-status': after(
    'HTTP/1.1 200 OK\r\n\r\nstatus: fine ',
    flood(Buffer.alloc(65_536, 'a')),
  ),
  '/infinite-503': after('HTTP/1.1 503 No\r\n\r\n', flood(Buffer.alloc(65_536, 'a'))),
  '/one-mebibyte': answer(200, Buffer.alloc(MIB, 'a')),
  '/gzip': answer(200, gzipSync('{"status":"OK"}'), GZIP),
  '/brotli': answer(200, brotliCompressSync('{"status":"OK"}'), { 'content-encoding': 'br' }),
  '/deflate-raw': answer(200, deflateRawSync('{"status":"OK"}'), { 'content-encoding': 'deflate' }),
  '/gzip-bomb': (socket, request) =>
    answer(200, gzipSync(Buffer.alloc(100 * MIB, ' ')), GZIP)(socket, request),
  '/gzip-corrupt': answer(200, 'this is no gzip', GZIP),
  '/gzip-cut': answer(200, gzipSync('{"status":"OK"}').subarray(0, 20), {
    'content-encoding': 'gzip',
  }),
  '/gzip-twice': answer(200, 'whatever', { 'content-encoding': 'gzip, gzip' }),
  '/unknown-coding': answer(200, 'whatever', { 'content-encoding': 'constructor' }),
  '/windows-1251': answer(200, Buffer.from([0xf1, 0xf2, 0xe0, 0xf2, 0xf3, 0xf1]), {
    'content-type': 'text/plain; charset=windows-1251',
  }),
  '/utf-16': answer(200, Buffer.from('\ufeff{"status":"OK"}', 'utf16le'), json),
  '/unknown-charset': answer(200, '{"status":"OK"}', {
    'content-type': 'application/json; charset=klingon',
  }),
  '/meta-charset': answer(200, Buffer.from('<meta charset="iso-8859-1"><p>gr\u00fcn', 'latin1'), {
    'content-type': 'text/html',
  }),
  '/decomposed': answer(200, 'cafe\u0301'),
  '/deep-json': answer(200, '['.repeat(100_000) + ']'.repeat(100_000), json),
  '/nan': answer(200, 'NaN', json),
  '/nul': answer(200, '{"status":"a\\u0000b"}', json),
  '/long-value': answer(200, JSON.stringify({ status: 'x'.repeat(5_000) }), json),
  '/redirect': redirect(302),
  '/redirect-301': redirect(301),
  '/redirect-303': redirect(303),
  '/redirect-307': redirect(307),
  '/loop': (socket, request) => answer(302, '', { location: '/loop' })(socket, request),
  '/no-location': answer(302, ''),
  '/two-locations': raw(
    'HTTP/1.1 302 Found\r\nlocation: /ok\r\nlocation: /json\r\ncontent-length: 0\r\n\r\n',
  ),
  '/redirect-without-its-body': after(
    'HTTP/1.1 302 Found\r\nlocation: /ok\r\ncontent-length: 10\r\n\r\n',
    () => undefined,
  ),
}
