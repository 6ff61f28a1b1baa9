import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExactJson } from './exact-json.ts'
import { parseJsonPath } from './json-path.ts'

function extract(path: string, json: string) {
  const parsed = parseJsonPath(path)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.extract(JSON.parse(json))
}

const missing = { found: false }

describe('a JSON path', () => {
  test('ends at a number that kept its digits', () => {
    const document = parseExactJson('{"id":12345678901234567890}')
    const path = parseJsonPath('id.rawJSON')
    expect(path.ok && path.extract(document)).toEqual(missing)
  })

  test.each([
    ['finds a property', 'status', '{"status":"OK"}', 'OK'],
    ['finds a nested property', 'a.b.c', '{"a":{"b":{"c":1}}}', 1],
    ['finds an array position', 'a[1]', '{"a":[1,2]}', 2],
    ['finds a position in a root array', '[0].id', '[{"id":7}]', 7],
    ['finds a quoted name', 'a["b.c d"]', '{"a":{"b.c d":true}}', true],
    ['finds a name in single quotes', "['a b']", '{"a b":1}', 1],
    ['finds a name with an escaped quote', '["a\\"b"]', '{"a\\"b":1}', 1],
    ['finds positions in positions', 'm[0][1]', '{"m":[[1,2]]}', 2],
    ['may begin with $', '$.a', '{"a":1}', 1],
    ['may begin with $ and a bracket', '$["a"]', '{"a":1}', 1],
    ['$ alone is the whole body', '$', '"OK"', 'OK'],
    ['finds null as a value', 'a', '{"a":null}', null],
    ['finds a name with a dash', 'content-type', '{"content-type":"x"}', 'x'],
    ['finds a name of another script', 'Zustand.größe', '{"Zustand":{"größe":3}}', 3],
    ['finds an own property named __proto__', '__proto__', '{"__proto__":5}', 5],
    ['takes a position for a name in an object', 'a[0]', '{"a":{"0":"x"}}', 'x'],
  ])('%s', (_, path, json, value) => {
    expect(extract(path, json)).toEqual({ found: true, value })
  })

  test.each([
    ['a property that is not there', 'b', '{"a":1}'],
    ['a property of null', 'a.b', '{"a":null}'],
    ['a property of a text', 'a.length', '{"a":"text"}'],
    ['the length of an array', 'a.length', '{"a":[1]}'],
    ['a position beyond the end', 'a[1]', '{"a":[1]}'],
    ['an inherited property', 'constructor', '{}'],
    ['a way through what is inherited', 'constructor.prototype', '{}'],
    ['an accessor of all objects', '__lookupSetter__', '{}'],
    ['__proto__ when it is not an own property', '__proto__', '{}'],
  ])('does not find %s', (_, path, json) => {
    expect(extract(path, json)).toEqual(missing)
  })

  test.each([
    ['nothing', '', 'empty'],
    ['spaces', '  ', 'empty'],
    ['a recursive descent', '$..*', 'character 2'],
    ['a filter', 'a[?(@.x)]', 'character 2'],
    ['a wildcard', 'a[*]', 'character 2'],
    ['a negative position', 'a[-1]', 'character 2'],
    ['a slice', 'a[0:1]', 'character 2'],
    ['a dot at the end', 'a.', 'character 2'],
    ['a dot at the beginning', '.a', 'character 1'],
    ['a bracket that is not closed', 'a["b"', 'character 2'],
    ['a quote that is not closed', 'a["b]', 'character 2'],
    ['a name without its dot', '$a', 'character 2'],
    ['thirty-three levels', Array(33).fill('a').join('.'), 'more than 32 levels'],
    ['a text without end', 'a'.repeat(1_001), 'longer than 1000'],
  ])('is refused: %s', (_, path, part) => {
    expect(parseJsonPath(path)).toEqual({ ok: false, reason: expect.stringContaining(part) })
  })

  test('thirty-two levels are followed', () => {
    const path = Array(32).fill('a').join('.')
    expect(extract(path, '{"a":'.repeat(32) + 1 + '}'.repeat(32))).toEqual({
      found: true,
      value: 1,
    })
  })

  test('every own property of any object is found by its quoted name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.jsonValue(), (name, value) => {
        const quoted = `["${name.replace(/["\\]/g, '\\$&')}"]`
        const document = JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`)
        const parsed = parseJsonPath(quoted)
        expect(parsed.ok && parsed.extract(document)).toEqual({
          found: true,
          value: JSON.parse(JSON.stringify(value)),
        })
      }),
      { numRuns: 300 },
    )
  })
})
