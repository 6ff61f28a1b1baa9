import { describe, expect, test } from 'vitest'
import { translateReader } from './reader-dialect.ts'

type Fields = Readonly<Record<string, unknown>>

function translate(fields: Fields): Fields | string {
  const translated = translateReader(new Map(Object.entries(fields)))
  return translated.ok ? Object.fromEntries(translated.fields) : translated.reason
}

describe('a reader becomes a site', () => {
  test.each<[string, Fields, Fields]>([
    ['a site passes as it is', { url: 'x', tags: [] }, { url: 'x', tags: [] }],
    [
      'an address in two parts',
      { site: 'https://a.test', endpoint: '/b' },
      { url: 'https://a.test/b' },
    ],
    [
      'one slash between them, not two',
      { site: 'https://a.test/', endpoint: '/b' },
      { url: 'https://a.test/b' },
    ],
    [
      'one slash between them, not none',
      { site: 'https://a.test', endpoint: 'b' },
      { url: 'https://a.test/b' },
    ],
    [
      'a site below a path',
      { site: 'https://a.test/v1', endpoint: '/b' },
      { url: 'https://a.test/v1/b' },
    ],
    ['a query', { site: 'https://a.test/b', endpoint: '?q=1' }, { url: 'https://a.test/b?q=1' }],
    ['no endpoint', { site: 'https://a.test/b' }, { url: 'https://a.test/b' }],
    ['a site without a scheme', { site: 'a.test', endpoint: '/b' }, { url: 'https://a.test/b' }],
    ['http stays http', { site: 'http://a.test', endpoint: '/b' }, { url: 'http://a.test/b' }],
    [
      'a whole address as endpoint',
      { site: 'A', endpoint: 'https://a.test/b' },
      { url: 'https://a.test/b', name: 'A' },
    ],
    [
      'a regex',
      { site: 'https://a.test', regex: '(x)' },
      { url: 'https://a.test', body_regex: '(x)' },
    ],
    [
      'with all of it',
      { site: 'https://a.test', endpoint: '/s', sla_ms: 500, json_path: '$.status' },
      { url: 'https://a.test/s', sla_ms: 500, json_path: '$.status' },
    ],
  ])('%s', (_, reader, site) => {
    expect(translate(reader)).toEqual(site)
  })
})

describe('two words for one thing are refused', () => {
  test.each<[string, Fields, RegExp]>([
    ['url and site', { url: 'x', site: 'y' }, /leave one or the other/],
    ['regex and body_regex', { url: 'x', regex: 'a', body_regex: 'b' }, /leave one/],
    ['a site that is no text', { site: 5 }, /site must be a text/],
  ])('%s', (_, fields, reason) => {
    expect(translate(fields)).toMatch(reason)
  })
})
