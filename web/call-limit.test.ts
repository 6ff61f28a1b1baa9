import { describe, expect, test } from 'vitest'
import { CallLimit } from './call-limit.ts'

const calls = (limit: CallLimit, token: string, nowMs: number, count: number) =>
  Array.from({ length: count }, () => limit.admits(token, nowMs)).filter(Boolean).length

describe('a token', () => {
  test('may call five times within a second', () => {
    expect(calls(new CallLimit(), 'a', 10_000, 7)).toBe(5)
  })

  test('takes nothing from another one', () => {
    const limit = new CallLimit()
    calls(limit, 'a', 10_000, 7)
    expect(calls(limit, 'b', 10_000, 5)).toBe(5)
  })

  test.each([
    ['may call again a second later', 11_000, 5],
    ['may not call again before', 10_999, 0],
    ['may call again when the clock was set back', 5_000, 5],
  ])('%s', (_, atMs, admitted) => {
    const limit = new CallLimit()
    calls(limit, 'a', 10_000, 7)
    expect(calls(limit, 'a', atMs, 7)).toBe(admitted)
  })
})
