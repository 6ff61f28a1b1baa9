import { describe, expect, test } from 'vitest'
import { type Turn, Turns } from './turns.ts'

/** Whose turn it is, in the order in which it became so. */
function watched(turns: Turns, names: string) {
  const ready: string[] = []
  const taken = new Map<string, Turn>()
  for (const name of names) {
    const turn = turns.take()
    taken.set(name, turn)
    void turn.ready.then(() => ready.push(name))
  }
  return {
    leave: (name: string) => taken.get(name)?.leave(),
    ready: async () => {
      await new Promise(setImmediate)
      return ready.join('')
    },
  }
}

describe('of two at once', () => {
  test.each([
    ['the third waits', 'abc', '', 'ab'],
    ['the third begins when one of them is done', 'abc', 'a', 'abc'],
    ['who waited longest comes first', 'abcd', 'b', 'abc'],
    ['who gave up waiting is passed over', 'abcd', 'ca', 'abd'],
    ['to leave twice frees one place', 'abcd', 'aa', 'abc'],
    ['to give up and leave again frees none', 'abcd', 'cc', 'ab'],
    ['all have their turn in the end', 'abcdef', 'abcd', 'abcdef'],
  ])('%s', async (_, names, leaving, expected) => {
    const turns = watched(new Turns(2), names)
    for (const name of leaving) {
      turns.leave(name)
      await turns.ready()
    }
    expect(await turns.ready()).toBe(expected)
  })
})
