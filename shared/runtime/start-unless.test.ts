import { expect, test } from 'vitest'
import { openLog } from './log.ts'
import { NotYetError } from './run.ts'
import { startUnless } from './start-unless.ts'

const log = openLog('test', 'silent')
const isRetryable = (error: unknown) => error instanceof Error && error.message === 'away'
const conditions = { log, isRetryable, stopping: new AbortController().signal }
/** Says or throws each of these in its turn. */
const asked = (...answers: readonly (string | null | Error)[]) => {
  const left = [...answers]
  const ask = async () => {
    const answer = left.shift() ?? null
    if (answer instanceof Error) throw answer
    return answer
  }
  return { ask, left }
}
const away = new Error('away')
const bug = new Error('bug')

test('nothing stands against a start', async () => {
  await startUnless(asked(null).ask, { ...conditions, whenAway: 'wait' })
})

test.each(['wait', 'go_on'] as const)('what does is told (%s)', async (whenAway) => {
  const start = startUnless(asked('the schema is older').ask, { ...conditions, whenAway })
  await expect(start).rejects.toEqual(new NotYetError('the schema is older'))
})

test('who cannot work without the database waits for its answer', async () => {
  const start = startUnless(asked(away, away, 'no').ask, { ...conditions, whenAway: 'wait' })
  await expect(start).rejects.toThrow(NotYetError)
})

test('who can goes on after one question', async () => {
  const { ask, left } = asked(away, 'no')
  await startUnless(ask, { ...conditions, whenAway: 'go_on' })
  expect(left).toEqual(['no'])
})

test.each(['wait', 'go_on'] as const)('no waiting mends a bug (%s)', async (whenAway) => {
  await expect(startUnless(asked(bug).ask, { ...conditions, whenAway })).rejects.toBe(bug)
})

test('a wait ends when the process is asked to stop', async () => {
  const stopping = AbortSignal.abort()
  await expect(
    startUnless(asked(away).ask, { ...conditions, stopping, whenAway: 'wait' }),
  ).rejects.toBe(away)
})
