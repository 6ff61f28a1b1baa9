import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '../../fuzz/random.ts'
import { plainFaults } from '../../ground-truth/truth.ts'
import { type Fault, INJECTED } from '../fault.ts'
import type { ChaosStack } from '../start-stack.ts'

const common = { family: 'target', place: 'target', victims: ['target'] } as const

/** One in ten is left alone, whatever nine others do: of these no alarm must be raised (I9). */
const LEFT_ALONE = 10

/** What the watched world does all at once: true outages, and many of them. */
export const targetFaults: readonly Fault[] = [
  massFlip('every site flips', () => 'all'),
  massFlip('nine of ten sites flip', ({ siteNumbers }) => touchable(siteNumbers)),
  {
    ...common,
    name: 'some sites flip',
    weight: 4,
    lastsMs: [3_000, 12_000],
    restMs: 3_000,
    inject: async ({ truth, siteNumbers }, { forMs, seed }) => {
      const random = new Random(seed, 0)
      const numbers = touchable(siteNumbers).filter(() => random.percent(25))
      await truth.order(random.pick(plainFaults), forMs, numbers)
      await pause(forMs)
      return INJECTED
    },
  },
]

function massFlip(name: string, whichOf: (stack: ChaosStack) => 'all' | readonly number[]): Fault {
  return {
    ...common,
    name,
    weight: 1,
    lastsMs: [4_000, 10_000],
    restMs: 25_000,
    inject: async (stack, { forMs, seed }) => {
      const mode = new Random(seed, 0).pick(plainFaults)
      await stack.truth.order(mode, forMs, whichOf(stack))
      await pause(forMs)
      return INJECTED
    },
  }
}

function touchable(siteNumbers: ReadonlyMap<number, number>): readonly number[] {
  return [...siteNumbers.values()].filter((number) => number % LEFT_ALONE !== 0)
}
