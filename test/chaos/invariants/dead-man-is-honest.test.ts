import { describe, expect, test } from 'vitest'
import { judgePings, type PingFacts } from './dead-man-is-honest.ts'
import { clock, fault, ms, rowEvent, span } from './hand-made.ts'

const seconds = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => from + index)
const rows = (from: number, until: number) => seconds(from, until).map((second) => rowEvent(second))
const judged = (pings: readonly number[], more: Partial<PingFacts> = {}) =>
  judgePings({
    deadManPingsMs: pings.map(ms),
    rows: rows(0, 200),
    faults: [],
    window: span(0, 200),
    ...more,
  })
/** Nothing is stored from 60 to 130 s. */
const away = { rows: [...rows(0, 60), ...rows(130, 200)] }

describe("the dead man's ping", () => {
  test('holds where it comes each minute', () => {
    expect(judged([2, 62, 123, 184])).toMatchObject({
      compared: 9,
      violations: [],
      remarks: ['longest silence: 61 s'],
    })
  })

  test.each<[string, readonly number[], Partial<PingFacts>, string]>([
    [
      'a ping while nothing goes round',
      [2, 62, 110, 184],
      { ...away, faults: [fault('kafka', 60, 130)] },
      `a ping at ${clock(110)}, without a check that had just gone round`,
    ],
    [
      'a ping of what is only caught up',
      [2, 62, 123, 184],
      { rows: rows(0, 200).map((row) => ({ ...row, slotMs: row.slotMs - 130_000 })) },
      `a ping at ${clock(2)}, without a check that had just gone round`,
    ],
    [
      'a ping for a second look alone',
      [2, 62, 123, 184],
      { rows: rows(0, 200).map((row) => ({ ...row, occasion: 'recheck' })) },
      `a ping at ${clock(2)}, without a check that had just gone round`,
    ],
    ['silence while everything works', [2, 62], {}, `silent for 138 s from ${clock(62)} on`],
    ['no ping at all', [], {}, `silent for 200 s from ${clock(0)} on`],
    [
      'silence that a fault explains only a part of',
      [2, 62],
      { faults: [fault('postgres', 70, 80)] },
      `silent for 138 s from ${clock(62)} on`,
    ],
  ])('does not hold with %s', (_, pings, more, violation) => {
    expect(judged(pings, more).violations[0]).toBe(violation)
  })

  test.each<[string, readonly number[], Partial<PingFacts>]>([
    [
      'silence while Kafka is away',
      [2, 62, 135, 190],
      { ...away, faults: [fault('kafka', 60, 130)] },
    ],
    [
      'a consumer that is woken, and does what it was about to',
      [2, 62, 100, 135, 190],
      { ...away, faults: [fault('consumer', 60.5, 99.5, 'suspend')] },
    ],
  ])('lets there be %s', (_, pings, more) => {
    expect(judged(pings, more).violations).toEqual([])
  })
})
