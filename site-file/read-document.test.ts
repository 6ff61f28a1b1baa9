import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outlineJson } from './json-outline.ts'
import { parseJson } from './parse-json.ts'
import { parseYaml } from './parse-yaml.ts'
import { readDocument } from './read-document.ts'
import type { SourceItem } from './source-row.ts'

/** `line 2, site 1 {"url":"x"}`, or `line 2: reason`. */
function brief(item: SourceItem): string {
  if (item.kind === 'problem') return `${item.place}: ${item.reason}`
  return `${item.place} ${JSON.stringify(Object.fromEntries(item.fields))}`
}

const readYaml = (text: string) => readDocument(parseYaml(text)).items.map(brief)
const readJson = (text: string) => readDocument(parseJson(text)).items.map(brief)

const matching = (expected: readonly (string | RegExp)[]) =>
  expected.map((each) => (typeof each === 'string' ? each : expect.stringMatching(each)))

describe('YAML', () => {
  test.each<[string, string, readonly (string | RegExp)[]]>([
    [
      'a list',
      '# sites\n- url: x\n- url: y\n',
      ['line 2, site 1 {"url":"x"}', 'line 3, site 2 {"url":"y"}'],
    ],
    ['a list in a section', 'sites:\n  - url: x\n', ['line 2, site 1 {"url":"x"}']],
    ['a list of readers', 'readers:\n  - site: x\n', ['line 2, site 1 {"site":"x"}']],
    [
      'a map of names',
      'first:\n  url: x\nsecond:\n  url: y\n',
      ['line 2, site 1 {"url":"x","name":"first"}', 'line 4, site 2 {"url":"y","name":"second"}'],
    ],
    ['a name of its own wins', 'key:\n  name: mine\n', ['line 2, site 1 {"name":"mine"}']],
    [
      'a byte of Windows',
      '- url: x\r\n- url: y\r\n',
      ['line 1, site 1 {"url":"x"}', 'line 2, site 2 {"url":"y"}'],
    ],
    [
      'yes, on and no are texts',
      '- name: yes\n  tags: [on, no]\n',
      ['line 1, site 1 {"name":"yes","tags":["on","no"]}'],
    ],
    ['an empty list', '[]', []],
    ['an empty file', '', [/must be a list of sites/]],
    ['a text', 'hello', [/must be a list of sites/]],
    [
      'a site that is a text',
      '- https://example.com\n',
      [/^line 1, site 1: must be a map of fields/],
    ],
    [
      'a section with a typing error',
      'sites: []\ncadnces: {}\n',
      [/unknown section "cadnces": did you mean cadences\?/],
    ],
    ['a key twice', '- url: x\n  url: y\n', [/^line 2: Map keys must be unique/]],
    [
      'a rule without quotes',
      '- url: x\n  conditions:\n    - [STATUS] == 200\n',
      [/^line 3: .*begins with a bracket needs quotes/],
    ],
    ['a tag that would run code', '- url: !!js/function "x"\n', [/^line 1: Unresolved tag/]],
    ['a tab for indentation', 'sites:\n\t- url: x\n', [/^line 2: .*[Tt]ab/]],
    ['two documents', '- url: x\n---\n- url: y\n', [/multiple documents/]],
    ['a merge key is an unknown field later on', '- <<: x\n', ['line 1, site 1 {"<<":"x"}']],
    [
      'cadences that are none',
      'cadences: {a: 0, b: fast}\nsites: []\n',
      [/cadence a must be/, /cadence b must be/],
    ],
    [
      'a prototype is a field like any other',
      '- __proto__: x\n',
      ['line 1, site 1 {"__proto__":"x"}'],
    ],
  ])('%s', (_, text, expected) => {
    expect(readYaml(text)).toEqual(matching(expected))
  })

  test('aliases that multiply are refused', () => {
    const laughs = [
      'a: &a [x]',
      ...'bcdefgh'
        .split('')
        .map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
    ]
    expect(readYaml(laughs.join('\n'))).toEqual(['line 1: more than 100 aliases'])
  })

  test('brings cadences along', () => {
    expect(readDocument(parseYaml('cadences:\n  10s: 10\nsites: []\n')).cadences).toEqual(
      new Map([['10s', 10]]),
    )
  })
})

test('agrees with JSON.parse on what is JSON', () => {
  const almostJson = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '0', '\\n', ':'))
    .map(
      ([text, at, extra]) =>
        text.slice(0, at % (text.length + 1)) + extra + text.slice(at % (text.length + 1)),
    )
  fc.assert(
    fc.property(fc.oneof(fc.json(), almostJson), (text) => {
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      expect(outlineJson(text).fault === null).toBe(isJson)
    }),
    { numRuns: 2_000 },
  )
})

describe('JSON', () => {
  test.each<[string, string, readonly (string | RegExp)[]]>([
    [
      'a list',
      '[\n {"url": "x"},\n {"url": "y"}\n]',
      ['line 2, site 1 {"url":"x"}', 'line 3, site 2 {"url":"y"}'],
    ],
    [
      'a section, with tabs',
      '{\n\t"sites": [\n\t\t{"url": "x"}\n\t]\n}',
      ['line 3, site 1 {"url":"x"}'],
    ],
    ['a map of names', '{"a":\n{"url": "x"}}', ['line 2, site 1 {"url":"x","name":"a"}']],
    [
      'sites on one line',
      '[{"url":"x"},{"url":"y"}]',
      ['line 1, site 1 {"url":"x"}', 'line 1, site 2 {"url":"y"}'],
    ],
    [
      'brackets, quotes and commas in texts',
      '[{"name":"}],\\"{"},\n{"url":"y"}]',
      ['line 1, site 1 {"name":"}],\\"{"}', 'line 2, site 2 {"url":"y"}'],
    ],
    ['a key twice', '[\n{"url":"x",\n"url":"y"}]', ['line 3: the key "url" is there twice']],
    [
      'a key twice in headers',
      '[{"headers":{"a":"1","a":"2"}}]',
      ['line 1: the key "a" is there twice'],
    ],
    [
      'the same key in two sites',
      '[{"a":1},{"a":2}]',
      ['line 1, site 1 {"a":1}', 'line 1, site 2 {"a":2}'],
    ],
    ['a comma too many', '[\n{"url":"x"},\n]', ['line 3: is not JSON: a value is expected']],
    [
      'a comma too few',
      '[\n{"url":"x"}\n{"url":"y"}]',
      ['line 3: is not JSON: a comma or the closing bracket is expected'],
    ],
    ['the wrong bracket', '[\n{"url":"x"]', [/^line 2: is not JSON: a comma/]],
    ['a key without quotes', '[{\nurl:"x"}]', [/^line 2: is not JSON: a key/]],
    ['a line break in a text', '["a\nb"]', [/^line 1: is not JSON/]],
    ['an escape that is none', '["\\x"]', [/^line 1: is not JSON/]],
    ['a number with a zero before it', '[01]', [/^line 1: is not JSON/]],
    ['something after the end', '[]\n\n[]', [/^line 3: is not JSON: the end of the file/]],
    ['an end that is missing', '[\n{"url":"x"}', [/^line 2: is not JSON/]],
    ['a comment', '// no\n[]', [/^line 1: is not JSON/]],
    ['an empty file', '', [/^line 1: is not JSON/]],
  ])('%s', (_, text, expected) => {
    expect(readJson(text)).toEqual(matching(expected))
  })
})
