import { describe, expect, test } from 'vitest'
import { loadedColumns } from '#db/loaded-columns.ts'
import { judgeSite } from '../../site-file/judge-site.ts'
import { settingSchemas, slugPattern } from './site-schema.ts'

/** What the OpenAPI document says of a setting is what the code that judges it does. */

const url = 'http://127.0.0.1/'
const cadences = new Set(['5m'])
const verdictOf = (fields: object) => {
  const said = {
    form: 'data',
    fields: new Map(Object.entries({ url, ...fields })),
    stored: null,
  } as const
  return judgeSite(said, cadences)
}
/** Whether a value is refused for what it is; that others must go with it is another matter. */
const isRefused = (name: string, value: unknown) => {
  const verdict = verdictOf({ [name]: value })
  return (
    verdict.outcome === 'refused' &&
    verdict.problems.some(
      ({ field, reason }) => field === name && /must be|are more than/.test(reason),
    )
  )
}

const settings = Object.entries(settingSchemas).filter(([name]) => name !== 'slug')
const withKey = (key: string) =>
  settings.flatMap(([name, schema]) => (key in schema ? [[name, schema] as const] : []))

test('every column has a schema, and says what it is', () => {
  expect(settings.map(([name]) => name)).toEqual([...loadedColumns])
  expect(settings.filter(([, { description }]) => typeof description !== 'string')).toEqual([])
})

describe('the default is what a site has that does not say', () => {
  const plain = verdictOf({})
  const values = plain.outcome === 'accepted' ? plain.values : null
  test.each(withKey('default'))('%s', (name, { default: standard }) => {
    expect(Object.entries(values ?? {})).toContainEqual([name, standard])
  })
  test('of all columns but the address', () => {
    expect(withKey('default').map(([name]) => name)).toEqual(
      loadedColumns.filter((name) => name !== 'url'),
    )
  })
})

describe('the bounds are those that are kept to', () => {
  test.each(withKey('minimum'))('%s', (name, { minimum, maximum }) => {
    const [min, max] = [Number(minimum), Number(maximum)]
    const refused = [min - 1, min, max, max + 1].map((value) => isRefused(name, value))
    expect(refused).toEqual([true, false, false, true])
  })

  test.each(withKey('exclusiveMinimum'))('%s', (name, { exclusiveMinimum, exclusiveMaximum }) => {
    expect(isRefused(name, exclusiveMinimum)).toBe(true)
    expect(isRefused(name, exclusiveMaximum)).toBe(true)
    expect(isRefused(name, 99.9)).toBe(false)
  })

  test.each(withKey('maxLength'))('%s', (name, { maxLength }) => {
    const begin = name === 'url' ? url : ''
    const reasonsAt = (length: number) =>
      JSON.stringify(verdictOf({ [name]: begin + 'a'.repeat(length - begin.length) }))
    const tooLong = `must be at most ${maxLength} characters`
    expect(reasonsAt(Number(maxLength))).not.toContain(tooLong)
    expect(reasonsAt(Number(maxLength) + 1)).toContain(tooLong)
  })

  test.each(withKey('maxItems'))('%s', (name, { maxItems }) => {
    const items = (count: number) => Array.from({ length: count }, (_, at) => `a${at}@example.com`)
    expect(isRefused(name, items(Number(maxItems)))).toBe(false)
    expect(isRefused(name, items(Number(maxItems) + 1))).toBe(true)
  })

  test.each(withKey('enum'))('%s', (name, schema) => {
    const options: unknown = schema.enum
    expect(Array.isArray(options) ? options.filter((one) => isRefused(name, one)) : null).toEqual(
      [],
    )
    expect(isRefused(name, 'none of them')).toBe(true)
  })

  test.each(withKey('pattern'))('%s', (name, { pattern }) => {
    const names = ['a', 'api.key_1-b', '', '.a', '../a', 'a b', 'a/b', 'a'.repeat(101)]
    const fits = (value: string) =>
      value === '' || (new RegExp(String(pattern)).test(value) && value.length <= 100)
    expect(names.map((value) => isRefused(name, value))).toEqual(names.map((value) => !fits(value)))
  })
})

test('a slug is as the constraint of its column says', () => {
  const slugs = ['a', 'a-b', '1', 'a'.repeat(64), '', '-a', 'a-', 'A', 'a b', 'a'.repeat(65)]
  expect(slugs.filter((slug) => slugPattern.test(slug))).toEqual(slugs.slice(0, 4))
})
