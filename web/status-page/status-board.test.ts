import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import { StatusBoard } from './status-board.ts'
import type { StatusFacts } from './status-facts.ts'

const facts = (title: string): StatusFacts => ({
  title,
  asOfMs: 0,
  overall: 'nothing',
  groups: [],
  left: 0,
  outages: [],
  incidents: [],
  maintenance: [],
})

/** A board on a clock and a database that do what the test says. */
function openBoard({ isWatched = false } = {}) {
  let title = 'one'
  let trouble: Error | null = null
  let readings = 0
  let onChange: () => void = () => undefined
  const news: string[] = []
  const board = new StatusBoard<string>({
    async read() {
      readings++
      if (trouble !== null) throw trouble
      return facts(title)
    },
    make: async (made) => made.title,
    changes: {
      subscribe(listener) {
        onChange = listener
        return () => undefined
      },
    },
    onNew: ({ made }) => news.push(made),
    isWatched: () => isWatched,
    nowMs: () => Date.now(),
    log: openLog('test', 'silent'),
    pauseMs: 3_000,
  })
  return {
    news,
    shown: async () => (await board.current()).made,
    readings: () => readings,
    change(to: string) {
      title = to
      onChange()
    },
    breakDown: (error: Error | null) => {
      trouble = error
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the board', () => {
  test('is read once, however many ask at once', async () => {
    const { shown, readings } = openBoard()
    expect(await Promise.all([shown(), shown(), shown()])).toEqual(['one', 'one', 'one'])
    expect(readings()).toBe(1)
  })

  test('is not read by anybody for nobody', async () => {
    const { change, readings } = openBoard()
    change('two')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(readings()).toBe(0)
  })

  test('answers from memory while it is renewed, a pause after the last time', async () => {
    const { shown, change, readings, news } = openBoard()
    await shown()
    change('two')
    await vi.advanceTimersByTimeAsync(2_999)
    expect([await shown(), readings()]).toEqual(['one', 1])
    await vi.advanceTimersByTimeAsync(1)
    expect([await shown(), readings(), news]).toEqual(['two', 2, ['one', 'two']])
  })

  test('is renewed once for many changes', async () => {
    const { shown, change, readings } = openBoard()
    await shown()
    for (let count = 0; count < 50; count++) change(`change ${count}`)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([await shown(), readings()]).toEqual(['change 49', 2])
  })

  test('is renewed for pages that are open, though nobody asks any more', async () => {
    const { shown, change, news } = openBoard({ isWatched: true })
    await shown()
    await vi.advanceTimersByTimeAsync(600_000)
    change('two')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(news).toEqual(['one', 'two'])
  })

  test('is not shown when it is old: who asks waits for another', async () => {
    const { shown, change } = openBoard()
    await shown()
    await vi.advanceTimersByTimeAsync(600_000)
    change('two')
    expect(await shown()).toBe('two')
  })

  test('tells nothing when a change is none of its own, until figures are due', async () => {
    const { shown, change, news, readings } = openBoard()
    await shown()
    change('one')
    await vi.advanceTimersByTimeAsync(3_000)
    expect([readings(), news]).toEqual([2, ['one']])
    await vi.advanceTimersByTimeAsync(25_000)
    change('one')
    await vi.advanceTimersByTimeAsync(3_000)
    expect([readings(), news]).toEqual([3, ['one', 'one']])
  })

  test('is shown for a while when the database does not answer, and then no longer', async () => {
    const { shown, change, breakDown } = openBoard()
    await shown()
    breakDown(new Error('no connection'))
    change('two')
    await vi.advanceTimersByTimeAsync(59_999)
    expect(await shown()).toBe('one')
    await vi.advanceTimersByTimeAsync(1)
    await expect(shown()).rejects.toThrow('no connection')
    breakDown(null)
    expect(await shown()).toBe('two')
  })
})
