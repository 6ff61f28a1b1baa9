import { flood, raw } from './behaviour.ts'
import type { Theme } from './theme.ts'

const header = (line: string) => raw(`HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 2\r\n\r\nok`)
const NOT_HTTP = 'not an HTTP/1.1 answer'

export const headers: Theme = {
  title: 'headers',
  behaviours: {
    '/header-15-kib': header(`x-large: ${'a'.repeat(15 * 1024)}`),
    '/header-100-kib': header(`x-large: ${'a'.repeat(100 * 1024)}`),
    '/header-name-100-kib': header(`${'a'.repeat(100 * 1024)}: b`),
    '/header-10000': header(Array(10_000).fill('x-many: a').join('\r\n')),
    '/header-1000': header(Array(1_000).fill('x: a').join('\r\n')),
    '/header-flood': flood('HTTP/1.1 200 OK\r\n', 'x-flood: a\r\n'),
    '/header-line-flood': flood('HTTP/1.1 200 OK\r\nx-flood: ', 'a'),
    '/header-100-kib-of-hint': raw(
      `HTTP/1.1 103 Early Hints\r\nlink: ${'a'.repeat(100 * 1024)}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`,
    ),
    '/header-space-in-name': header('x y: z'),
    '/header-space-after-name': header('x-a : z'),
    '/header-no-colon': header('nothing but words'),
    '/header-no-name': header(': b'),
    '/header-no-value': header('x-empty:'),
    '/header-nul': header('x-nul: a\x00b'),
    '/header-control': header('x-bell: a\x07b'),
    '/header-bytes': header('x-bytes: \xff\xfe\x80'),
    '/header-bare-return': header('x-return: a\rb: c'),
    '/header-folded': header('x-folded: a\r\n b'),
    '/header-proto': header('__proto__: a\r\nconstructor: b\r\ntostring: c'),
    '/header-non-latin-name': header('\xfc-a: b'),
  },
  cases: [
    ['a header of 15 KiB is up', '/header-15-kib', 'up'],
    ['a header of 100 KiB', '/header-100-kib', 'down protocol', 'larger than 16 KiB'],
    ['a header with a name of 100 KiB', '/header-name-100-kib', 'down protocol', '16 KiB'],
    ['a thousand short headers are up', '/header-1000', 'up'],
    ['ten thousand headers', '/header-10000', 'down protocol', 'larger than 16 KiB'],
    ['headers without end', '/header-flood', 'down protocol', 'larger than 16 KiB'],
    ['a header without end', '/header-line-flood', 'down protocol', 'larger than 16 KiB'],
    ['an early hint of 100 KiB', '/header-100-kib-of-hint', 'down protocol', '16 KiB'],
    ['a name with a space', '/header-space-in-name', 'down protocol', NOT_HTTP],
    ['a space after the name', '/header-space-after-name', 'down protocol', NOT_HTTP],
    ['a header without a colon', '/header-no-colon', 'down protocol', NOT_HTTP],
    ['a header without a name', '/header-no-name', 'down protocol', NOT_HTTP],
    ['a header without a value is up', '/header-no-value', 'up'],
    ['a value with a NUL', '/header-nul', 'down protocol', NOT_HTTP],
    ['a value with a control', '/header-control', 'down protocol', NOT_HTTP],
    ['a value of strange bytes is up', '/header-bytes', 'up'],
    ['a bare return in a value', '/header-bare-return', 'down protocol', NOT_HTTP],
    ['a value folded over two lines', '/header-folded', 'down protocol', NOT_HTTP],
    ['names that objects inherit are up', '/header-proto', 'up'],
    ['a name that is not ASCII', '/header-non-latin-name', 'down protocol', NOT_HTTP],
  ],
}
