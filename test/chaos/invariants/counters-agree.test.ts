import { describe, expect, test } from 'vitest'
import type { CounterScrape } from '../evidence.ts'
import { type CounterFacts, judgeCounters } from './counters-agree.ts'
import { fault, ms, span } from './hand-made.ts'

const STORED = 'uptick_consumer_results_stored_total'
const scrape = (
  process: string,
  second: number,
  values: Readonly<Record<string, number>>,
  pid = 7,
): CounterScrape => ({
  atMs: ms(second),
  process,
  pid,
  values: new Map(Object.entries(values)),
})
/** Two consumers, scraped at 100 and at 200 s, with 60 and 40 rows between. */
const scrapes = (more = 0) => [
  scrape('consumer-1', 50, { [STORED]: 0 }),
  scrape('consumer-1', 100, { [STORED]: 1_000 }),
  scrape('consumer-2', 100.5, { [STORED]: 0 }, 8),
  scrape('consumer-1', 200, { [STORED]: 1_060 }),
  scrape('consumer-2', 200.5, { [STORED]: 40 + more }, 8),
]
const facts = (more: Partial<CounterFacts> = {}): CounterFacts => ({
  counters: scrapes(),
  faults: [fault('consumer', 60)],
  window: span(0, 150),
  counted: [
    {
      what: 'results stored',
      process: 'consumer',
      counters: [STORED],
      instants: Array.from({ length: 100 }, (_, index) => ms(110 + index / 2)),
    },
  ],
  ...more,
})

describe('what the metrics count in quiet is what the tables have', () => {
  test('holds where the increase since the last fault is the same', () => {
    expect(judgeCounters(facts())).toEqual({
      compared: 100,
      of: 'events of the quiet end',
      violations: [],
      remarks: ['results stored: 100'],
    })
  })

  test.each([1, -1])('does not hold where it is %i off', (off) => {
    expect(judgeCounters(facts({ counters: scrapes(off) })).violations).toEqual([
      `results stored: the metrics say ${100 + off}, the tables 100 to 100`,
    ])
  })

  test('leaves open what happened between the scrapes of one round', () => {
    const [pair] = facts().counted
    const instants = [...(pair?.instants ?? []), ms(100.2)]
    const counted = pair === undefined ? [] : [{ ...pair, instants }]
    expect(judgeCounters(facts({ counted })).violations).toEqual([])
    expect(judgeCounters(facts({ counted, counters: scrapes(1) })).violations).toEqual([])
    expect(judgeCounters(facts({ counted, counters: scrapes(2) })).violations).toHaveLength(1)
  })

  test.each<[string, Partial<CounterFacts>]>([
    [
      'a process died in the quiet time',
      { counters: [...scrapes(), scrape('consumer-2', 220, { [STORED]: 3 }, 9)] },
    ],
    ['there was no quiet time', { faults: [fault('consumer', 190)] }],
    ['nothing was scraped', { counters: [] }],
  ])('shows nothing where %s', (_, more) => {
    expect(judgeCounters(facts(more))).toMatchObject({ compared: 0, violations: [] })
  })

  test('sums all series of a counter, and those alone', () => {
    const series = (up: number) => ({
      'uptick_worker_checks_total{result="up",failure=""}': up,
      'uptick_worker_checks_total{result="down",failure="dns"}': 2 * up,
      uptick_worker_checks_total_of_another: 5 * up,
    })
    const counters = [scrape('worker-1', 100, series(1)), scrape('worker-1', 200, series(11))]
    const counted = [
      {
        what: 'checks',
        process: 'worker' as const,
        counters: ['uptick_worker_checks_total'],
        instants: [],
      },
    ]
    expect(judgeCounters(facts({ counters, counted })).remarks).toEqual(['checks: 30'])
    const down = [
      {
        ...counted[0],
        what: 'downs',
        process: 'worker' as const,
        instants: [],
        counters: ['uptick_worker_checks_total{result="down"}'],
      },
    ]
    expect(judgeCounters(facts({ counters, counted: down })).remarks).toEqual(['downs: 20'])
  })
})
