import { expect, test } from 'vitest'
import { coalesce } from './coalesce.ts'

const alive = async () => undefined

test('what arrives while a group is worked on becomes the next group', async () => {
  const groups: number[][] = []
  const gate = Promise.withResolvers<void>()
  const add = coalesce<number>(
    async (items) => {
      groups.push([...items])
      if (groups.length === 1) await gate.promise
    },
    { maxItems: 10, lingerMs: 0 },
  )
  const first = add([1], alive)
  const rest = [add([2, 3], alive), add([4], alive)]
  gate.resolve()
  await Promise.all([first, ...rest])
  expect(groups).toEqual([[1], [2, 3, 4]])
})

test('a group is not made larger than it may be, but for one caller’s items', async () => {
  const groups: number[][] = []
  const add = coalesce<number>(async (items) => void groups.push([...items]), {
    maxItems: 3,
    lingerMs: 1,
  })
  await Promise.all([
    add([1, 2, 3, 4], alive),
    add([5, 6], alive),
    add([7], alive),
    add([8], alive),
  ])
  expect(groups).toEqual([[1, 2, 3, 4], [5, 6, 7], [8]])
})

test('a failure is told to each caller of its group, and the next group goes on', async () => {
  let isFirst = true
  const add = coalesce<number>(
    async () => {
      if (!isFirst) return
      isFirst = false
      throw new Error('away')
    },
    { maxItems: 1, lingerMs: 1 },
  )
  const outcomes = await Promise.allSettled([add([1], alive), add([2], alive)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})

test('a sign of life is passed on to each caller of the group', async () => {
  let signs = 0
  const sign = async () => {
    signs++
  }
  const add = coalesce<number>((_, groupAlive) => groupAlive(), { maxItems: 10, lingerMs: 1 })
  await Promise.all([add([1], sign), add([2], sign)])
  expect(signs).toBe(2)
})
