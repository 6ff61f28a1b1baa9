import { describe, expect, test } from 'vitest'
import { numberedPorts } from './numbered-ports.ts'

type Question = {
  readonly names?: readonly string[]
  readonly remembered?: Record<string, number>
  readonly running?: readonly string[]
  readonly busy?: readonly number[]
}

const ports = ({
  names = ['scheduler', 'worker-1', 'worker-2'],
  remembered = {},
  running = [],
  busy = [],
}: Question) =>
  numberedPorts({
    names,
    first: 9101,
    remembered,
    running: new Set(running),
    isFree: async (port) => !busy.includes(port),
  })

describe('the ports of many processes', () => {
  const had = { scheduler: 9101, 'worker-1': 9102, 'worker-2': 9103 }
  test.each<[string, Question, Record<string, number>]>([
    ['are one after another', {}, had],
    [
      'leave out what is busy',
      { busy: [9101, 9103] },
      { scheduler: 9102, 'worker-1': 9104, 'worker-2': 9105 },
    ],
    ['stay what they were', { names: ['worker-2'], remembered: had }, had],
    [
      'stay what they were while their own processes hold them',
      { remembered: had, running: ['scheduler', 'worker-1', 'worker-2'], busy: [9101, 9102, 9103] },
      had,
    ],
    [
      'leave what they were to a stranger who took it',
      { remembered: had, busy: [9102] },
      { ...had, 'worker-1': 9104 },
    ],
    [
      'move with where they begin',
      { remembered: { scheduler: 8101, 'worker-1': 8102, 'worker-2': 9103 } },
      had,
    ],
    [
      'are not given to a new one while somebody may come back to them',
      { names: ['worker-3'], remembered: had },
      { ...had, 'worker-3': 9104 },
    ],
  ])('%s', async (_, question, expected) => {
    expect(await ports(question)).toEqual(expected)
  })

  test('are not searched for without end', async () => {
    const search = numberedPorts({
      names: ['scheduler'],
      first: 9101,
      remembered: {},
      running: new Set(),
      isFree: async () => false,
    })
    await expect(search).rejects.toThrow('no free port from 9101 to 9201')
  })
})
