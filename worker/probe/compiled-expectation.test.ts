import { describe, expect, test } from 'vitest'
import { defaultExpectation } from '#shared/domain/check.ts'
import { compileExpectation, remembered } from './compiled-expectation.ts'

const plain = defaultExpectation

describe('an expectation', () => {
  test('without a body rule needs no body', () => {
    expect(compileExpectation(plain)).toMatchObject({ ok: true, bodyRule: null })
  })

  test.each([
    ['json_path', { jsonPath: 'a.b' }],
    ['body_regex', { bodyRegex: 'a+' }],
  ])('with a %s has that rule', (kind, rule) => {
    expect(compileExpectation({ ...plain, ...rule })).toMatchObject({
      ok: true,
      bodyRule: { kind },
    })
  })

  test.each([
    ['expected_status', { expectedStatus: '2xx' }],
    ['json_path', { jsonPath: '$..*' }],
    ['body_regex', { bodyRegex: '(' }],
  ])('that cannot be compiled names %s', (column, rule) => {
    expect(compileExpectation({ ...plain, ...rule })).toEqual({
      ok: false,
      reason: expect.stringContaining(column),
    })
  })

  test('with the same text is compiled once', () => {
    const once = compileExpectation({ ...plain, expectedStatus: '204', jsonPath: 'once' })
    const twice = compileExpectation({
      ...plain,
      expectedStatus: '204',
      jsonPath: 'once',
      slaMs: 5,
    })
    expect(once.ok && once.bodyRule?.kind === 'json_path' && once.bodyRule.extract).toBe(
      twice.ok && twice.bodyRule?.kind === 'json_path' && twice.bodyRule.extract,
    )
  })
})

describe('a memory', () => {
  test('parses again what it had to forget, the oldest first', () => {
    const parsed: string[] = []
    const parse = remembered((text) => parsed.push(text), 2)
    for (const text of ['a', 'b', 'a', 'c', 'b', 'a']) parse(text)
    expect(parsed).toEqual(['a', 'b', 'c', 'a'])
  })
})
