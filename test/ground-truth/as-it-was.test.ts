import { describe, expect, test } from 'vitest'
import { asItWas } from './as-it-was.ts'
import type { ClosedDoor } from './ground-truth-message.ts'
import type { Order, Place, Script } from './truth.ts'

const scripted: Script = [
  { fromMs: 100, untilMs: 200, mode: 'refuse' },
  { fromMs: 300, untilMs: 400, mode: 'hang' },
]

function played(
  place: Place,
  orders: readonly Order[],
  closed: readonly ClosedDoor[] = [],
): Script {
  return asItWas({ number: 7, place, script: scripted }, { orders, closed, served: {} })
}

describe('a script as it came to be played', () => {
  test('without orders is what it was', () => {
    expect(played('http', [])).toEqual(scripted)
  })

  test('has an order to all', () => {
    const order: Order = { sites: 'all', mode: 'wrong_status', fromMs: 350, untilMs: 500 }
    expect(played('http', [order]).slice(1)).toEqual([
      { fromMs: 300, untilMs: 350, mode: 'hang' },
      { fromMs: 350, untilMs: 500, mode: 'wrong_status' },
    ])
  })

  test('has an order to this site among others, and none that is for others alone', () => {
    const orders: Order[] = [
      { sites: [6, 7], mode: 'slow', fromMs: 500, untilMs: 600 },
      { sites: [6, 8], mode: 'drip', fromMs: 700, untilMs: 800 },
    ]
    expect(played('http', orders).slice(2)).toEqual([{ fromMs: 500, untilMs: 600, mode: 'slow' }])
  })

  test('has the later of two orders', () => {
    const orders: Order[] = [
      { sites: 'all', mode: 'slow', fromMs: 500, untilMs: 600 },
      { sites: [7], mode: 'ok', fromMs: 550, untilMs: 700 },
    ]
    expect(played('http', orders).slice(2)).toEqual([{ fromMs: 500, untilMs: 550, mode: 'slow' }])
  })

  test('refuses when its door was closed, not when that was planned', () => {
    const closed = [
      { number: 7, fromMs: 108, untilMs: 205 },
      { number: 8, fromMs: 0, untilMs: 1_000 },
    ]
    expect(played('door', [], closed)).toEqual([
      { fromMs: 108, untilMs: 205, mode: 'refuse' },
      { fromMs: 300, untilMs: 400, mode: 'hang' },
    ])
  })
})
