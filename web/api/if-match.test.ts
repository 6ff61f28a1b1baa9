import { expect, test } from 'vitest'
import { entityTag, readIfMatch } from './if-match.ts'

test.each<[string, string | null, ReturnType<typeof readIfMatch>]>([
  ['no header', null, { outcome: 'absent' }],
  ['a star', ' * ', { outcome: 'any' }],
  ['one tag', '"17"', { outcome: 'one_of', versions: ['17'] }],
  ['several tags', '"17" ,"18"', { outcome: 'one_of', versions: ['17', '18'] }],
  ['a tag with a comma in it', '"a,b"', { outcome: 'one_of', versions: ['a,b'] }],
  ['a weak tag, which matches nothing', 'W/"17"', { outcome: 'one_of', versions: [] }],
  ['a tag without quotes', '17', { outcome: 'malformed' }],
  ['a tag that does not end', '"17', { outcome: 'malformed' }],
  ['nothing', '', { outcome: 'malformed' }],
  ['a star among tags', '"17", *', { outcome: 'malformed' }],
])('%s', (_, header, expected) => {
  expect(readIfMatch(header)).toEqual(expected)
})

test('what is told as a tag is read as the same version', () => {
  expect(readIfMatch(entityTag('1732500000123456'))).toEqual({
    outcome: 'one_of',
    versions: ['1732500000123456'],
  })
})
