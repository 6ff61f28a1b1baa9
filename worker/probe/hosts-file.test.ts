import { expect, test } from 'vitest'
import { parseHosts } from './hosts-file.ts'

test.each([
  ['a name', '127.0.0.1 one', ['127.0.0.1']],
  ['an alias', '127.0.0.1 first one', ['127.0.0.1']],
  ['a name in capitals', '127.0.0.1 ONE', ['127.0.0.1']],
  ['tabs, spaces and the line ends of Windows', ' 127.0.0.1\t one \r\n', ['127.0.0.1']],
  ['addresses on several lines', '127.0.0.1 one\n::1 one', ['127.0.0.1', '::1']],
  ['the same address twice', '127.0.0.1 one\n127.0.0.1 one', ['127.0.0.1']],
  ['a comment after it', '127.0.0.1 one # two', ['127.0.0.1']],
  ['a comment before it', '# 127.0.0.1 one', undefined],
  ['an address without a name', '127.0.0.1', undefined],
  ['an empty file', '', undefined],
])('a hosts file with %s', (_, text, addresses) => {
  expect(parseHosts(text).get('one')).toEqual(addresses)
})
