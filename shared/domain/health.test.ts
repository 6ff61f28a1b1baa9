import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foldHealth,
  type Health,
  nextHealth,
  type SlotOutcome,
  type Thresholds,
  unknownHealth,
} from './health.ts'
import { outcomes } from './result.ts'

const twoAndTwo: Thresholds = { failure: 2, recovery: 2 }
const at = (slotMs: number) => ({ slotMs })
const up = (since: number, last: number): Health => ({
  ...unknownHealth,
  status: 'up',
  statusSinceMs: since,
  lastSlotMs: last,
})
const down = (since: number, last: number): Health => ({ ...up(since, last), status: 'down' })
const streak = (health: Health, length: number, since: number): Health => ({
  ...health,
  streak: length,
  streakSinceMs: since,
})

describe('nextHealth, with thresholds 2 and 2', () => {
  test.each([
    [
      'the first good result brings an unknown site up',
      unknownHealth,
      'up',
      10,
      up(10, 10),
      'came_up',
    ],
    [
      'the first failure leaves an unknown site unknown',
      unknownHealth,
      'down',
      10,
      streak({ ...unknownHealth, lastSlotMs: 10 }, 1, 10),
      'unchanged',
    ],
    [
      'the second failure takes an unknown site down, since the first',
      streak({ ...unknownHealth, lastSlotMs: 10 }, 1, 10),
      'down',
      20,
      down(10, 20),
      'opened',
    ],
    [
      'a good result after one failure brings an unknown site up, since then',
      streak({ ...unknownHealth, lastSlotMs: 10 }, 1, 10),
      'up',
      20,
      up(20, 20),
      'came_up',
    ],
    [
      'the first failure in a row keeps the site up',
      up(10, 20),
      'down',
      30,
      streak(up(10, 30), 1, 30),
      'unchanged',
    ],
    [
      'the second failure in a row opens an outage, since the first',
      streak(up(10, 30), 1, 30),
      'down',
      40,
      down(30, 40),
      'opened',
    ],
    [
      'a good result in between forgets the failure',
      streak(up(10, 30), 1, 30),
      'up',
      40,
      up(10, 40),
      'unchanged',
    ],
    [
      'the first good result in a row is not yet a recovery',
      down(30, 40),
      'up',
      50,
      streak(down(30, 50), 1, 50),
      'unchanged',
    ],
    [
      'the second good result in a row is one, since the first',
      streak(down(30, 50), 1, 50),
      'up',
      60,
      up(50, 60),
      'recovered',
    ],
    [
      'a failure in between forgets the good result',
      streak(down(30, 50), 1, 50),
      'down',
      60,
      down(30, 60),
      'unchanged',
    ],
    [
      'an inconclusive result moves the last slot alone',
      streak(up(10, 30), 1, 30),
      'inconclusive',
      40,
      streak(up(10, 40), 1, 30),
      'ignored',
    ],
    [
      'a result of the last slot again is late and changes nothing',
      up(10, 20),
      'down',
      20,
      up(10, 20),
      'late',
    ],
    [
      'a result of an older slot is late and changes nothing',
      up(10, 20),
      'down',
      15,
      up(10, 20),
      'late',
    ],
  ] as const)('%s', (_, health, result, slotMs, expected, transition) => {
    expect(nextHealth(health, { ...at(slotMs), result }, twoAndTwo)).toEqual({
      health: expected,
      transition,
    })
  })

  test('thresholds of 1 open and close at once', () => {
    const ones = { failure: 1, recovery: 1 }
    expect(nextHealth(up(10, 20), { slotMs: 30, result: 'down' }, ones).transition).toBe('opened')
    expect(nextHealth(down(30, 30), { slotMs: 40, result: 'up' }, ones).transition).toBe(
      'recovered',
    )
  })
})

const slotOutcomes = fc
  .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 })
  .chain((slots) =>
    fc.tuple(
      ...slots.map((slotMs) =>
        fc.record({ slotMs: fc.constant(slotMs), result: fc.constantFrom(...outcomes) }),
      ),
    ),
  )
const thresholds = fc.record({
  failure: fc.integer({ min: 1, max: 4 }),
  recovery: fc.integer({ min: 1, max: 4 }),
})

describe('foldHealth', () => {
  test('does not depend on the order of the results', () => {
    fc.assert(
      fc.property(
        slotOutcomes,
        thresholds,
        fc.infiniteStream(fc.nat()),
        (results, limits, dice) => {
          const shuffled = results
            .map((result) => ({ result, by: dice.next().value }))
            .sort((a, b) => a.by - b.by)
          expect(
            foldHealth(
              shuffled.map(({ result }) => result),
              limits,
            ),
          ).toEqual(foldHealth(results, limits))
        },
      ),
    )
  })

  test('ignores inconclusive results, but for the last slot', () => {
    fc.assert(
      fc.property(slotOutcomes, thresholds, (results, limits) => {
        const conclusive = results.filter(({ result }) => result !== 'inconclusive')
        expect(foldHealth(conclusive, limits).outages).toEqual(foldHealth(results, limits).outages)
      }),
    )
  })

  test('finds the outages that counting runs in a row finds', () => {
    fc.assert(
      fc.property(slotOutcomes, thresholds, (results, limits) => {
        expect(
          foldHealth(results, limits).outages.map(({ startedAtMs, endedAtMs }) => [
            startedAtMs,
            endedAtMs,
          ]),
        ).toEqual(outagesByCounting(results, limits))
      }),
    )
  })

  test('can be taken up again anywhere', () => {
    fc.assert(
      fc.property(slotOutcomes, thresholds, fc.nat(60), (results, limits, cut) => {
        const ordered = results.toSorted((a, b) => a.slotMs - b.slotMs)
        const first = foldHealth(ordered.slice(0, cut), limits)
        const open = first.outages.findLast((outage) => outage.endedAtMs === null) ?? null
        const rest = foldHealth(ordered.slice(cut), limits, first.health, open)
        const done = first.outages.filter((outage) => outage.endedAtMs !== null)
        expect({ health: rest.health, outages: [...done, ...rest.outages] }).toEqual(
          foldHealth(results, limits),
        )
      }),
    )
  })
})

/** The same by looking at the results as runs of equals, without a state machine. */
function outagesByCounting(
  results: readonly SlotOutcome[],
  { failure, recovery }: Thresholds,
): (number | null)[][] {
  const runs: { result: string; fromMs: number; length: number }[] = []
  for (const { slotMs, result } of results.toSorted((a, b) => a.slotMs - b.slotMs)) {
    if (result === 'inconclusive') continue
    const last = runs.at(-1)
    if (last?.result === result) last.length++
    else runs.push({ result, fromMs: slotMs, length: 1 })
  }
  const decisive = runs.filter(
    ({ result, length }) => length >= (result === 'down' ? failure : recovery),
  )
  const turns = decisive.filter(
    ({ result }, index) => result !== (decisive[index - 1]?.result ?? 'up'),
  )
  return turns
    .map(({ result, fromMs }, index) =>
      result === 'down' ? [fromMs, turns[index + 1]?.fromMs ?? null] : [],
    )
    .filter((outage) => outage.length > 0)
}
