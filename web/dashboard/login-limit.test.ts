import { expect, test } from 'vitest'
import { ATTEMPTS_MAX, ATTEMPTS_PER_CALLER_MAX, LoginLimit } from './login-limit.ts'

const AT_MS = 1_700_000_000_000
const MINUTE_MS = 60_000

/** How many of so many attempts are admitted. */
function admitted(limit: LoginLimit, callers: readonly string[], nowMs = AT_MS): number {
  return callers.filter((caller) => limit.admit(caller, nowMs).outcome === 'admitted').length
}
const times = (count: number, caller = 'a') => Array.from({ length: count }, () => caller)
const many = Array.from({ length: 500 }, (_, index) => `caller ${index}`)

test('a caller has ten attempts', () => {
  expect(admitted(new LoginLimit(), times(50))).toBe(ATTEMPTS_PER_CALLER_MAX)
})

test('another caller has attempts of their own', () => {
  const limit = new LoginLimit()
  admitted(limit, times(50))
  expect(admitted(limit, times(1, 'b'))).toBe(1)
})

test('all callers together have a hundred', () => {
  expect(admitted(new LoginLimit(), many)).toBe(ATTEMPTS_MAX)
})

test('ten minutes later all begin anew, and are told so', () => {
  const limit = new LoginLimit()
  admitted(limit, times(10))
  expect(limit.admit('a', AT_MS + 9 * MINUTE_MS)).toEqual({
    outcome: 'too_many',
    waitMs: MINUTE_MS,
  })
  expect(limit.admit('a', AT_MS + 10 * MINUTE_MS)).toEqual({ outcome: 'admitted' })
})

test('a clock that was set back locks nobody out', () => {
  const limit = new LoginLimit()
  admitted(limit, times(10))
  expect(admitted(limit, times(1), AT_MS - 3_600_000)).toBe(1)
})

test('who knew the password takes nobody’s attempts away', () => {
  const limit = new LoginLimit()
  for (let round = 0; round < 300; round++) {
    expect(limit.admit('a', AT_MS)).toEqual({ outcome: 'admitted' })
    limit.forget('a')
  }
})
