import { answer, cut, held, raw } from './behaviour.ts'
import type { Theme } from './theme.ts'

const hello = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

export const goodAnswers: Theme = {
  title: 'a site is up, if only just',
  behaviours: {
    '/ok': answer(200, 'hello world'),
    '/empty': answer(200, ''),
    '/no-content': raw('HTTP/1.1 204 No Content\r\n\r\n'),
    '/until-closed': raw('HTTP/1.1 200 OK\r\n\r\nuntil closed'),
    '/chunked': raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
    '/no-headers': raw('HTTP/1.1 200 OK\r\n\r\n'),
    '/never-closed': held(hello),
    '/answer-then-reset': cut(hello),
    '/http-1.0': raw('HTTP/1.0 200 OK\r\n\r\nold'),
    '/hints': raw(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${hello}`),
    '/ten-hints': raw(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10)}${hello}`),
    '/missing': answer(404, 'nothing here'),
    '/error': answer(503, 'out of order'),
    '/not-modified': raw('HTTP/1.1 304 Not Modified\r\n\r\n'),
    '/byte-by-byte': (socket) => {
      const bytes = [...hello]
      const next = () => {
        const byte = bytes.shift()
        if (byte !== undefined) socket.write(byte, () => setImmediate(next))
      }
      socket.setNoDelay(true)
      next()
    },
  },
  cases: [
    ['a good answer is up', '/ok', 'up'],
    ['an empty answer is up', '/empty', 'up'],
    ['204 without a body is up', '/no-content', 'up'],
    ['an answer that ends with the connection is up', '/until-closed', 'up'],
    ['a chunked answer is up', '/chunked', 'up'],
    ['an answer without headers is up', '/no-headers', 'up'],
    ['an answer of HTTP/1.0 is up', '/http-1.0', 'up'],
    ['an answer in single bytes is up', '/byte-by-byte', 'up'],
    ['a connection left open after a whole answer is up', '/never-closed', 'up'],
    ['a reset after a whole answer is up', '/answer-then-reset', 'up'],
    ['early hints are passed over', '/hints', 'up'],
    ['and so are ten of them', '/ten-hints', 'up'],
    ['HEAD needs no body', '/ok', 'up', '', { method: 'HEAD' }],
    ['POST sends its body', '/ok', 'up', '', { method: 'POST', body: 'a=1' }],
    ['a name is resolved', 'http://up.test{:http}/ok', 'up'],
    ['a name with both families is up when one of them is', 'http://both.test{:http}/ok', 'up'],
    ['a status that is not expected', '/missing', 'down status', 'status 404, expected 200-299'],
    ['a status that is', '/missing', 'up', '', { expectedStatus: '200-299,404' }],
    ['an error of the server', '/error', 'down status', 'status 503, expected 200-299'],
    ['304 without a condition', '/not-modified', 'down status', 'status 304'],
  ],
}
