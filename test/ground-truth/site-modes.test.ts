import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asItWas } from './as-it-was.ts'
import { makeTruth } from './make-truth.ts'
import { modeAt } from './script.ts'
import { SiteModes } from './site-modes.ts'
import { modes, type Order } from './truth.ts'

const SITES = 30
const sites = makeTruth({
  seed: 3,
  sites: SITES,
  durationMs: 1_000,
  cadenceSeconds: 1,
  doors: 0,
  mix: { wandering: 20, edgy: 0, flapping: 20, broken: 20 },
})

const order: fc.Arbitrary<Order> = fc.record({
  sites: fc.oneof(
    fc.constant('all' as const),
    fc.uniqueArray(fc.integer({ min: 1, max: SITES }), { minLength: 1 }),
  ),
  mode: fc.constantFrom(...modes),
  fromMs: fc.integer({ min: 0, max: 1_000 }),
  untilMs: fc.integer({ min: 0, max: 1_200 }),
})

test('what is served under orders is what is told afterwards', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 5 }), (orders) => {
      const siteModes = new SiteModes(sites)
      for (const one of orders) siteModes.obey(one)
      const facts = { orders: siteModes.orders, closed: [], served: {} }
      for (const site of sites) {
        const told = asItWas(site, facts)
        for (let atMs = 0; atMs < 1_300; atMs += 50) {
          expect(siteModes.of(site.number, atMs)).toBe(modeAt(told, atMs))
        }
      }
    }),
  )
})

test('an order to one of several steady sites leaves the others steady', () => {
  const steady = [1, 2, 3].map((number) => ({ number, place: 'http' as const, script: [] }))
  const siteModes = new SiteModes(steady)
  siteModes.obey({ sites: [2], mode: 'hang', fromMs: 0, untilMs: 10 })
  expect([1, 2, 3].map((number) => siteModes.of(number, 5))).toEqual(['ok', 'hang', 'ok'])
})

test('only numbers from 1 to the last one are sites', () => {
  const siteModes = new SiteModes(sites)
  expect([0, 1, SITES, SITES + 1].map((number) => siteModes.has(number))).toEqual([
    false,
    true,
    true,
    false,
  ])
})
