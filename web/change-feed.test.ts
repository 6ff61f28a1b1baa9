import { expect, test, vi } from 'vitest'
import { changeFeed } from './change-feed.ts'

const LONG_MS = 1_000_000

function feedOf(tickMs = LONG_MS) {
  const source = { start: vi.fn(), stop: vi.fn(async () => undefined) }
  let say: () => void = () => undefined
  const feed = changeFeed((onNotified) => {
    say = onNotified
    return source
  }, tickMs)
  return { feed, source, say: () => say() }
}

test('all who listen hear of a change, until they do not want to', async () => {
  const { feed, say } = feedOf()
  const heard: string[] = []
  feed.subscribe(() => heard.push('one'))
  const leave = feed.subscribe(() => heard.push('two'))
  say()
  leave()
  say()
  expect(heard).toEqual(['one', 'two', 'one'])
  await feed.stop()
})

test('time that passes is a change as well', async () => {
  const { feed } = feedOf(1)
  const heard = vi.fn()
  feed.subscribe(heard)
  await feed.start()
  await vi.waitFor(() => expect(heard.mock.calls.length).toBeGreaterThan(1))
  await feed.stop()
})

test('at its end all are told, once, and hear nothing after', async () => {
  const { feed, source, say } = feedOf()
  const [onChange, onEnd] = [vi.fn(), vi.fn()]
  feed.subscribe(onChange, onEnd)
  await feed.start()
  await feed.start()
  await feed.stop()
  await feed.stop()
  say()
  expect([
    source.start.mock.calls.length,
    onChange.mock.calls.length,
    onEnd.mock.calls.length,
  ]).toEqual([1, 0, 1])
})
