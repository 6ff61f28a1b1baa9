import { describe, expect, test } from 'vitest'
import { parseBodyRegex } from './body-regex.ts'

function search(pattern: string, text: string) {
  const parsed = parseBodyRegex(pattern)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.search(text)
}

describe('a body expression', () => {
  test.each([
    ['without a group extracts the whole match', 'O+K', 'status: OOK!', 'OOK'],
    ['extracts its first group', 'v(\\d+)\\.(\\d+)', 'v12.5', '12'],
    ['extracts a named group', '(?P<major>\\d+)\\.', 'v12.5', '12'],
    ['a group that took no part is empty', '(a)?b', 'b', ''],
    ['matches across the ends of lines with its flag', '(?s)a.b', 'a\nb', 'a\nb'],
    ['may match the empty text', 'x*', 'abc', ''],
    ['meets a composed letter written in two parts', 'cafe\u0301', 'caf\u00e9', 'caf\u00e9'],
  ])('%s', (_, pattern, text, value) => {
    expect(search(pattern, text)).toEqual({ found: true, value })
  })

  test('says that it searched all of a text without a match', () => {
    expect(search('b', 'a'.repeat(1_000))).toEqual({ found: false, searched: 'all' })
  })

  test('searches only the beginning of a long text when it is costly', () => {
    const startedAtMs = performance.now()
    expect(search('(?:[a-z]{1,40}){1,20}[!?]', 'a'.repeat(1_048_576))).toEqual({
      found: false,
      searched: 'part',
    })
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
  })

  test('is linear where a backtracking engine takes seconds', () => {
    const startedAtMs = performance.now()
    expect(search('^(a+)+$', `${'a'.repeat(5_000)}!`).found).toBe(false)
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
  })

  test.each([
    ['an open group', '(', 'missing closing )'],
    ['a look-ahead', '(?=a)', '(?='],
    ['a back-reference', '(a)\\1', 'escape'],
    ['nested repetitions', '.{1000}{1000}', 'repetition'],
    ['repetitions of repetitions', '(.{1000}){1000}', 'repeat count'],
    ['a program without bound', '(x{900})'.repeat(70), 'instructions'],
    ['a text without end', 'a'.repeat(1_001), 'longer than 1000'],
  ])('is refused: %s', (_, pattern, part) => {
    expect(parseBodyRegex(pattern)).toEqual({ ok: false, reason: expect.stringContaining(part) })
  })
})
