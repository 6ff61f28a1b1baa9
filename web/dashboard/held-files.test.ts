import { expect, test } from 'vitest'
import { HeldFiles } from './held-files.ts'

const file = (name: string) => ({ name, content: Buffer.from(name) })

test('a file is there once', () => {
  const held = new HeldFiles()
  const id = held.hold(file('a'), 0)
  expect(held.take(id, 0)).toMatchObject({ name: 'a' })
  expect(held.take(id, 0)).toBeNull()
})

test('of five files the oldest has made room', () => {
  const held = new HeldFiles()
  const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => held.hold(file(name), 0))
  expect(ids.map((id) => held.take(id, 0)?.name ?? null)).toEqual([null, 'b', 'c', 'd', 'e'])
})

test('a file is not there for ever', () => {
  const held = new HeldFiles()
  expect(held.take(held.hold(file('a'), 0), 15 * 60_000)).toBeNull()
})
