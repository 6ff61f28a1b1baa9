import { describe, expect, test } from 'vitest'
import type { SiteValues } from '#db/loaded-columns.ts'
import { type FieldProblem, judgeSite } from './judge-site.ts'
import type { SourceRow } from './source-row.ts'

const cadences = new Set(['1m', '5m'])
type Fields = Readonly<Record<string, unknown>>

const judge = (
  fields: Fields,
  { form = 'data', stored = null }: { form?: SourceRow['form']; stored?: SiteValues | null } = {},
) => judgeSite({ form, fields: new Map(Object.entries(fields)), stored }, cadences)

function accepted(...parameters: Parameters<typeof judge>): SiteValues {
  const verdict = judge(...parameters)
  if (verdict.outcome === 'refused') throw new Error(JSON.stringify(verdict.problems))
  return verdict.values
}

function problemsOf(...parameters: Parameters<typeof judge>): readonly FieldProblem[] {
  const verdict = judge(...parameters)
  return verdict.outcome === 'refused' ? verdict.problems : []
}

const url = 'https://example.com/'

describe('a new site', () => {
  test('needs no more than its address', () => {
    expect(judge({ url })).toMatchObject({
      outcome: 'accepted',
      given: ['url'],
      values: { url, kind: 'http', cadence: '5m' },
    })
  })

  test('may be said in texts, as a form sends them', () => {
    const cells = { url, sla_ms: '250', enabled: 'false', headers: '' }
    expect(accepted(cells, { form: 'cells' })).toMatchObject({ sla_ms: 250, enabled: false })
  })

  test('may be said in the words of a reader', () => {
    expect(judge({ site: 'example.com', endpoint: '/a' })).toMatchObject({
      values: { url: 'https://example.com/a' },
      given: ['url'],
    })
  })
})

describe('what is refused is said of a field', () => {
  test.each<[string, Fields, FieldProblem['field'], RegExp]>([
    ['an address that is missing', {}, 'url', /^is missing/],
    ['a value out of range', { url, timeout_ms: 1 }, 'timeout_ms', /^1 must be a whole number/],
    ['a field of nobody', { url, colour: 'red' }, 'colour', /^unknown field "colour"/],
    ['a reader twice over', { url, site: 'a.test' }, 'url', /^url is made of site and endpoint/],
    [
      'two that exclude each other, of the first',
      { url, json_path: 'a', body_regex: 'b' },
      'json_path',
      /exclude each other/,
    ],
    ['what only code can decide', { url, body_regex: '(' }, 'body_regex', /./],
    ['an option of another kind', { url: 'icmp://127.0.0.1', method: 'POST' }, 'method', /./],
    [
      'a page without a name for it',
      { url, published: true },
      'published',
      /^published needs a name/,
    ],
  ])('%s', (_, fields, field, reason) => {
    expect(problemsOf(fields)).toEqual([{ field, reason: expect.stringMatching(reason) }])
  })

  test('and all at once, so that nobody mends one after another', () => {
    const fields = { url: 'nothing', timeout_ms: 1, cadence: '2m' }
    expect(problemsOf(fields).map(({ field }) => field)).toEqual(['url', 'cadence', 'timeout_ms'])
  })

  test('without the password of an address', () => {
    const problems = problemsOf({ url: 'https://me:geheim@example.com/' })
    expect(problems.map(({ field }) => field)).toEqual(['url'])
    expect(JSON.stringify(problems)).not.toContain('geheim')
  })
})

describe('a change of a site', () => {
  const stored = accepted({ url, name: 'shop', tags: ['one tag', 'b'], headers: { 'X-A': '1' } })

  test.each<[string, SourceRow['form']]>([
    ['data', 'data'],
    ['texts', 'cells'],
  ])('in %s leaves everything else as it is', (_, form) => {
    const verdict = judge({ name: 'store' }, { form, stored })
    expect(verdict).toEqual({
      outcome: 'accepted',
      given: ['name'],
      values: { ...stored, name: 'store' },
    })
  })

  test('of its address may make it another kind', () => {
    expect(accepted({ url: 'tcp://127.0.0.1:22', headers: {} }, { stored }).kind).toBe('tcp')
  })

  test('is judged with what it has already', () => {
    const withPath = accepted({ json_path: 'a' }, { stored })
    expect(problemsOf({ body_regex: 'b' }, { stored: withPath })).toMatchObject([
      { field: 'json_path' },
    ])
  })

  test('to null is a change to the default', () => {
    expect(accepted({ name: null }, { stored }).name).toBeNull()
  })
})
