import { describe, expect, test } from 'vitest'
import { defaultExpectation, defaultTarget } from './check.ts'
import {
  isSecretName,
  secretNamesIn,
  secretReferenceProblem,
  withSecrets,
} from './secret-reference.ts'
import { siteProblem } from './site.ts'

test.each([
  ['a word', 'token', true],
  ['a file with an ending', 'api.token_2-old', true],
  ['100 characters', 'a'.repeat(100), true],
  ['101 characters', 'a'.repeat(101), false],
  ['nothing', '', false],
  ['a hidden file', '.token', false],
  ['the folder above', '..', false],
  ['a path', 'a/b', false],
  ['a path of Windows', 'a\\b', false],
  ['a letter outside of ASCII', 'größe', false],
  ['a line break at the end', 'token\n', false],
])('a name: %s', (_, name, expected) => {
  expect(isSecretName(name)).toBe(expected)
})

describe('a site whose secrets cannot be named is told which', () => {
  const site = {
    ...defaultTarget,
    ...defaultExpectation,
    id: 1,
    cadenceSeconds: 60,
    url: 'https://example.test/',
  }

  test.each([
    ['none', {}, null],
    ['a good one in a header', { headers: { 'X-Token': '{{secret:a}}' } }, null],
    [
      'a path in a header',
      { headers: { 'X-Token': '{{secret:../a}}' } },
      'headers: "X-Token" has a placeholder at character 1',
    ],
    ['a path in the body', { body: '{{secret:a/b}}' }, 'body: has a placeholder at character 1'],
  ])('%s', (_, more, problem) => {
    const found = siteProblem({ ...site, ...more })
    if (problem === null) expect(found).toBeNull()
    else expect(found).toContain(problem)
  })

  test('as is one that asks for HTTP/2 without TLS', () => {
    const plain = { ...site, url: 'http://example.test/', httpVersion: '2' } as const
    expect(siteProblem(plain)).toContain('http_version: 2 needs an https URL')
    expect(siteProblem({ ...plain, httpVersion: 'auto' })).toBeNull()
    expect(siteProblem({ ...plain, url: 'https://example.test/' })).toBeNull()
  })
})

describe('references in a text', () => {
  test.each<[string, string, readonly string[]]>([
    ['none', 'plain', []],
    ['one', 'Bearer {{secret:api}}', ['api']],
    ['two, one of them twice', '{{secret:a}}{{secret:b}}{{secret:a}}', ['a', 'b', 'a']],
    ['a wrong name is one as well', '{{secret:../x}}', ['../x']],
    ['one that is not closed is none', '{{secret:a}', []],
    ['spaces make none', '{{ secret:a }}', []],
  ])('%s', (_, text, names) => {
    expect(secretNamesIn(text)).toEqual(names)
  })

  test('a value is put in as it is, whatever it looks like', () => {
    const values = new Map([
      ['a', '$& $1 {{secret:b}}'],
      ['b', 'B'],
    ])
    expect(withSecrets('<{{secret:a}}|{{secret:b}}|{{secret:c}}>', values)).toBe(
      '<$& $1 {{secret:b}}|B|{{secret:c}}>',
    )
  })

  test('a wrong name is told', () => {
    expect(secretReferenceProblem('{{secret:a}} {{secret:../b}}')).toContain('at character 14')
    expect(secretReferenceProblem('{{secret:a}}')).toBeNull()
  })
})
