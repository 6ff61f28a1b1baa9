import { describe, expect, test } from 'vitest'
import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import { openLog } from '#shared/runtime/log.ts'
import { CallRecorder } from './call-recorder.ts'

const call = (token: string, word: HeartbeatCall['word'] = 'up'): HeartbeatCall => ({
  token,
  word,
  message: null,
  pingMs: null,
})
const told = (calls: readonly HeartbeatCall[]) => calls.map(({ token, word }) => `${token} ${word}`)

/** A recorder on a database that knows `a` and `b`, waits at the gate, and fails as often as it is told. */
function openRecorder({ failures = 0, isRetryable = true } = {}) {
  const statements: string[][] = []
  const gate = Promise.withResolvers<void>()
  const clock = { nowMs: 10_000 }
  let left = failures
  const recorder = new CallRecorder({
    note: async (calls) => {
      await gate.promise
      if (left-- > 0) throw new Error('the database is away')
      statements.push(told(calls))
      return new Set(['a', 'b'])
    },
    isRetryable: () => isRetryable,
    nowMs: () => clock.nowMs,
    log: openLog('test', 'silent'),
  })
  return { recorder, statements, clock, open: () => gate.resolve() }
}

describe('calls', () => {
  test('that wait for one statement are the next, together', async () => {
    const { recorder, statements, open } = openRecorder()
    const answers = ['a', 'b', 'nobody'].map((token) => recorder.record(call(token)))
    const later = ['a', 'b'].map((token) => recorder.record(call(token, 'down')))
    open()
    expect(await Promise.all(answers)).toEqual(['recorded', 'recorded', 'unknown'])
    expect(await Promise.all(later)).toEqual(['recorded', 'recorded'])
    expect(statements.flat().sort()).toEqual(['a down', 'a up', 'b down', 'b up', 'nobody up'])
    expect(statements.length).toBeLessThan(5)
  })

  test('of one token are written down one after another, in their order', async () => {
    const { recorder, statements, open } = openRecorder()
    const answers = (['start', 'log', 'down'] as const).map((word) =>
      recorder.record(call('a', word)),
    )
    open()
    await Promise.all(answers)
    expect(statements).toEqual([['a start'], ['a log'], ['a down']])
  })

  test('beyond five a second of one token are turned away', async () => {
    const { recorder, statements, open } = openRecorder()
    open()
    const answers = await Promise.all(Array.from({ length: 6 }, () => recorder.record(call('a'))))
    expect(answers.toSorted()).toEqual([...Array(5).fill('recorded'), 'too_often'])
    expect(statements.flat()).toHaveLength(5)
  })

  test('beyond what may wait are turned away, and the others are kept', async () => {
    const { recorder, open } = openRecorder()
    const answers = Array.from({ length: 5_010 }, (_, index) => recorder.record(call(`t${index}`)))
    open()
    const said = await Promise.all(answers)
    expect(said.filter((answer) => answer === 'unavailable')).toHaveLength(10)
  })
})

describe('a database', () => {
  test('that is away for a moment is waited for', async () => {
    const { recorder, open } = openRecorder({ failures: 2 })
    open()
    expect(await recorder.record(call('a'))).toBe('recorded')
    expect(recorder.trouble()).toBeNull()
  })

  test('that refuses is told at once, and is trouble until the next call that it takes', async () => {
    const { recorder, open } = openRecorder({ failures: 1, isRetryable: false })
    open()
    expect(await recorder.record(call('a'))).toBe('unavailable')
    expect(recorder.trouble()).toBe('the database does not take calls')
    expect(await recorder.record(call('a'))).toBe('recorded')
    expect(recorder.trouble()).toBeNull()
  })

  test('that refused is tried again although nobody calls: the trouble is forgotten', async () => {
    const { recorder, clock, open } = openRecorder({ failures: 1, isRetryable: false })
    open()
    await recorder.record(call('a'))
    clock.nowMs += 5_000
    expect(recorder.trouble()).toBeNull()
  })
})
