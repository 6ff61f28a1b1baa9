import { afterEach, describe, expect, test } from 'vitest'
import { Deadline } from './deadline.ts'

const LONG_MS = 60_000
const opened: Deadline[] = []

function open(timeoutMs: number, signal?: AbortSignal): Deadline {
  const deadline = new Deadline(timeoutMs, signal)
  opened.push(deadline)
  return deadline
}

afterEach(() => {
  for (const deadline of opened.splice(0)) deadline.release()
})

describe('a deadline', () => {
  test('interrupts what watches it, when time is up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const startedAtMs = performance.now()
    open(50).watch(resolve)
    await promise
    expect(performance.now() - startedAtMs).toBeGreaterThan(45)
  })

  test('interrupts the last that watches it, and no other', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const deadline = open(20)
    deadline.watch(() => resolve('first'))
    deadline.watch(() => resolve('second'))
    expect(await promise).toBe('second')
  })

  test('that is over interrupts whoever comes to watch', () => {
    let interrupted = 0
    open(LONG_MS, AbortSignal.abort()).watch(() => interrupted++)
    expect(interrupted).toBe(1)
  })

  test('ends early with the worker', () => {
    const stopping = new AbortController()
    const deadline = open(LONG_MS, stopping.signal)
    let interrupted = 0
    deadline.watch(() => interrupted++)
    stopping.abort()
    expect(interrupted).toBe(1)
    expect(deadline.stop('answer')).toMatchObject({ outcome: 'inconclusive' })
  })

  test('that is released interrupts nobody', () => {
    const stopping = new AbortController()
    const deadline = open(LONG_MS, stopping.signal)
    let interrupted = 0
    deadline.watch(() => interrupted++)
    deadline.release()
    stopping.abort()
    expect(interrupted).toBe(0)
  })

  test('that is released leaves no timer behind', () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const deadline = open(LONG_MS)
    expect(timers()).toBe(before + 1)
    deadline.release()
    expect(timers()).toBe(before)
  })

  test.each([
    ['dns', 'dns'],
    ['connect', 'connect_timeout'],
    ['tls', 'connect_timeout'],
    ['answer', 'timeout'],
    ['body', 'timeout'],
  ] as const)('in the stage %s is the failure %s', (stage, failure) => {
    expect(open(LONG_MS).stop(stage)).toMatchObject({
      failure,
      message: expect.stringContaining('60000 ms'),
    })
  })
})
