import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unknownHealth } from '#shared/domain/health.ts'
import { resultAt } from '../test/support/results.ts'
import { FleetWatch, fleetRules, type Observed, observedIn } from './fleet-watch.ts'

const nowMs = 1_800_000_000_000
const { ageMaxMs, resultsMax } = fleetRules

/** `count` results of a worker, each of another site on another host unless told otherwise. */
function results(
  worker: string,
  seen: Observed['seen'],
  count: number,
  more: Partial<Observed> = {},
): readonly Observed[] {
  return Array.from({ length: count }, (_, at) => ({
    worker,
    siteId: at,
    slotMs: nowMs,
    checkedAtMs: nowMs,
    host: `host-${seen}-${at}`,
    seen,
    ...more,
  }))
}

const doubted = (...observations: readonly (readonly Observed[])[]) => [
  ...new FleetWatch().doubts(observations.flat()).keys(),
]

describe('a worker is', () => {
  test.each<[string, readonly (readonly Observed[])[], readonly string[]]>([
    ['believed while nothing fails', [results('a', 'good', 9), results('b', 'good', 9)], []],
    [
      'doubted when most fails for it and nothing for another',
      [results('a', 'no_answer', 8), results('a', 'good', 2), results('b', 'good', 10)],
      ['a'],
    ],
    ['believed when there is nobody to compare it with', [results('a', 'no_answer', 50)], []],
    [
      'believed when the others have seen too little',
      [results('a', 'no_answer', 50), results('b', 'good', fleetRules.othersResultsMin - 1)],
      [],
    ],
    [
      'believed when it fails for the others as well: then it is the sites, or something before all workers',
      [results('a', 'no_answer', 8), results('b', 'no_answer', 8), results('c', 'no_answer', 8)],
      [],
    ],
    [
      'believed when a fifth of what others see fails too',
      [results('a', 'no_answer', 8), results('b', 'no_answer', 2), results('b', 'good', 8)],
      [],
    ],
    [
      'believed when no more than half of its checks fail',
      [results('a', 'no_answer', 8), results('a', 'good', 8), results('b', 'good', 20)],
      [],
    ],
    [
      'believed when all that fails is on one host',
      [results('a', 'no_answer', 50, { host: 'shop.example' }), results('b', 'good', 50)],
      [],
    ],
    [
      'believed when fewer hosts than five fail',
      [results('a', 'no_answer', 4), results('b', 'good', 50)],
      [],
    ],
    [
      'doubted beside another that is doubted, when a third sees enough',
      [results('a', 'no_answer', 6), results('b', 'no_answer', 6), results('c', 'good', 40)],
      ['a', 'b'],
    ],
  ])('%s', (_, observations, expected) => {
    expect(doubted(...observations)).toEqual(expected)
  })

  test('doubted as soon as most of its newest results fail, whatever was before', () => {
    const before = results('a', 'good', 500, { checkedAtMs: nowMs - 1_000 })
    const lately = [...results('a', 'no_answer', resultsMax / 2 + 1), ...results('b', 'good', 5)]
    expect(doubted(before, lately)).toEqual(['a'])
    expect(doubted(before, lately.slice(1))).toEqual([])
  })

  test('doubted for what adds up over minutes, where there is little', () => {
    const seen = [0, 50, 100, 150, 200].flatMap((second) =>
      (['no_answer', 'good'] as const).flatMap((what) =>
        results(what === 'good' ? 'b' : 'a', what, 1, {
          checkedAtMs: nowMs - second * 1_000,
          host: `host-${second}`,
        }),
      ),
    )
    expect(doubted(seen)).toEqual(['a'])
    expect(doubted(seen.slice(2))).toEqual([])
  })

  test('believed when what others saw was before it failed: they may be gone by now', () => {
    const before = results('b', 'good', 30, { checkedAtMs: nowMs - 1 })
    expect(doubted(before, results('a', 'no_answer', 30))).toEqual([])
  })

  test('doubted with the figures that speak against it', () => {
    const doubts = new FleetWatch().doubts([
      ...results('a', 'no_answer', 8),
      ...results('a', 'good', 2),
      ...results('b', 'good', 10),
    ])
    expect(doubts.get('a')?.reason).toBe(
      'worker a is not believed: 8 of 10 checks fail, 0 of 10 of other workers',
    )
  })
})

describe('what is not believed of a doubted worker is', () => {
  test.each<[string, number, number, readonly string[]]>([
    ['that nobody answers, where nobody answers', 20, 0, ['no_answer']],
    ['the answers, where something else answers in their place', 0, 20, ['bad_answer']],
    [
      'not the few bad answers among many that are missing: a site is down for itself',
      18,
      2,
      ['no_answer'],
    ],
    ['both, where both are common', 12, 8, ['bad_answer', 'no_answer']],
  ])('%s', (_, missing, bad, expected) => {
    const doubts = new FleetWatch().doubts([
      ...results('a', 'no_answer', missing),
      ...results('a', 'bad_answer', bad),
      ...results('b', 'good', 10),
    ])
    expect([...(doubts.get('a')?.classes ?? [])]).toEqual(expected)
  })
})

describe('the memory of a fleet', () => {
  const others = results('b', 'good', 10)

  test('adds a batch to what it remembers, and forgets what it was only asked', () => {
    const watch = new FleetWatch()
    watch.remember([...results('a', 'no_answer', 4), ...others], new Map())
    const fifth = results('a', 'no_answer', 1, { siteId: 99, host: 'host-99' })
    expect([...watch.doubts(fifth).keys()]).toEqual(['a'])
    expect([...watch.doubts([]).keys()]).toEqual([])
  })

  test('ends with its window', () => {
    const watch = new FleetWatch()
    watch.remember([...results('a', 'no_answer', 8), ...others], new Map())
    expect([...watch.doubts([]).keys()]).toEqual(['a'])
    watch.remember(results('b', 'good', 1, { checkedAtMs: nowMs + ageMaxMs }), new Map())
    expect([...watch.doubts([]).keys()]).toEqual([])
    expect(watch.hasOthersThan('b')).toBe(false)
  })

  test('tells each failure once as one to be taken back', () => {
    const watch = new FleetWatch()
    const failing = results('a', 'no_answer', 8)
    watch.remember([...failing, ...others], new Map())
    const doubts = watch.doubts([])
    expect(watch.failuresOf(doubts)).toEqual(failing)
    watch.remember([], doubts)
    expect(watch.failuresOf(doubts)).toEqual([])
    expect([...watch.doubts([]).keys()]).toEqual(['a'])
  })

  test('knows whether anybody else is at work', () => {
    const watch = new FleetWatch()
    expect(watch.hasOthersThan('a')).toBe(false)
    watch.remember(results('a', 'good', 1), new Map())
    expect(watch.hasOthersThan('a')).toBe(false)
    expect(watch.hasOthersThan('c')).toBe(true)
  })

  test('comes to the same in whatever parts its observations arrive', () => {
    const observation = fc.record<Observed>({
      worker: fc.constantFrom('a', 'b', 'c'),
      siteId: fc.integer({ min: 1, max: 50 }),
      slotMs: fc.constant(nowMs),
      checkedAtMs: fc.integer({ min: nowMs - 2 * ageMaxMs, max: nowMs }),
      host: fc.integer({ min: 1, max: 12 }).map((n) => `host-${n}`),
      seen: fc.constantFrom('good', 'no_answer', 'bad_answer'),
    })
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 80 }), fc.nat(80), (all, cut) => {
        const newest = results('c', 'good', 1, { checkedAtMs: nowMs })
        const parts = new FleetWatch()
        parts.remember([...newest, ...all.slice(0, cut)], new Map())
        const whole = new FleetWatch().doubts([...newest, ...all])
        expect([...parts.doubts(all.slice(cut)).keys()].sort()).toEqual([...whole.keys()].sort())
      }),
    )
  })
})

describe('a result', () => {
  const up = { ...unknownHealth, status: 'up' as const }
  const down = { ...unknownHealth, status: 'down' as const }
  test.each([
    ['that is good speaks for its worker', resultAt(0, 'up'), up, 'good'],
    ['that is good speaks for it, of a site that is down too', resultAt(0, 'up'), down, 'good'],
    ['that fails speaks against it', resultAt(0, 'down'), up, 'bad_answer'],
    [
      'without an answer does, too',
      { ...resultAt(0, 'down'), failure: 'timeout' as const },
      up,
      'no_answer',
    ],
    [
      'that fails of a new site speaks against it',
      resultAt(0, 'down'),
      unknownHealth,
      'bad_answer',
    ],
    ['that fails of a site that is down says nothing', resultAt(0, 'down'), down, undefined],
    ['that tells nothing says nothing', resultAt(0, 'inconclusive'), up, undefined],
  ])('%s', (_, result, health, seen) => {
    expect(observedIn(result, health, 'http://shop.example:81/x')?.seen).toBe(seen)
  })

  test('of a job that calls says nothing of the worker that passes its word on', () => {
    expect(observedIn(resultAt(0, 'down'), up, 'heartbeat:2ed5...')).toBeNull()
  })

  test('is of the host and port of its URL, or of the URL where that has none', () => {
    const hostOf = (url: string) => observedIn(resultAt(0, 'up'), up, url)?.host
    expect(hostOf('http://shop.example:81/x')).toBe('shop.example:81')
    expect(hostOf('tcp://127.0.0.1:5432')).toBe('127.0.0.1:5432')
    expect(hostOf('dns:shop.example?type=A')).toBe('dns:shop.example?type=A')
  })
})
