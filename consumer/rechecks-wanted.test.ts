import { describe, expect, test } from 'vitest'
import type { Occasion } from '#shared/domain/check.ts'
import { nextHealth, unknownHealth } from '#shared/domain/health.ts'
import type { Outcome } from '#shared/domain/result.ts'
import { resultAt } from '../test/support/results.ts'
import type { AdvancedSite } from './change-sites.ts'
import { beginningToFail, rechecksWanted } from './rechecks-wanted.ts'

const letters = { u: 'up', f: 'down', '?': 'inconclusive' } as const

/** A site that has gone through the first results, with those of a batch after the bar: `uu|f`. */
function site(text: string, more: { afterS?: number; occasion?: Occasion; failure?: number } = {}) {
  const [before = '', batch = ''] = text.split('|')
  const outcomes = [...before, ...batch].map((letter): Outcome => letters[letter as 'u'])
  const thresholds = { failure: more.failure ?? 2, recovery: 2 }
  const fold = (end: number) =>
    outcomes
      .slice(0, end)
      .reduce(
        (health, result, slot) => nextHealth(health, resultAt(slot, result), thresholds).health,
        unknownHealth,
      )
  const results = outcomes
    .map((result, slot) => ({
      ...resultAt(slot, result),
      worker: 'w1',
      occasion: more.occasion ?? 'slot',
    }))
    .slice(before.length)
  const state = {
    siteId: 1,
    name: 'shop',
    url: 'http://shop.example/',
    health: fold(before.length),
    thresholds,
    alertEmails: [],
    recheckAfterSeconds: more.afterS ?? 10,
    flappingSinceMs: null,
  }
  const update = { siteId: 1, health: fold(outcomes.length), newest: results.at(-1) ?? null }
  return { state, results, update } as AdvancedSite
}

const alone = () => false
const inCompany = () => true

describe('a second look is wanted', () => {
  test.each<[string, string, Parameters<typeof site>[1], boolean]>([
    ['after the first failure of a site that is up', 'u|f', {}, true],
    ['after the first failure of a new site', '|f', {}, true],
    ['after the first good result of a site that is down', 'ff|u', {}, true],
    ['not after a result that agrees', 'u|u', {}, false],
    ['not after the second failure, which decides', 'u|ff', {}, false],
    ['not after the second of three', 'uf|f', { failure: 3 }, false],
    ['not where one failure decides', 'u|f', { failure: 1 }, false],
    ['not where the site does without', 'u|f', { afterS: 0 }, false],
    ['not when the batch ends well again', 'u|fu', {}, false],
    [
      'after a second look itself, if that is the first to contradict',
      'u|f',
      { occasion: 'recheck' },
      true,
    ],
    ['not after what one worker alone could not tell', 'u|?', {}, false],
  ])('%s', (_, text, more, expected) => {
    expect(rechecksWanted([site(text, more)], alone).length > 0).toBe(expected)
  })

  test.each<[string, string, Parameters<typeof site>[1], boolean]>([
    ['after what this worker could not tell', 'u|?', {}, true],
    ['not after a second look that tells nothing either', 'u|?', { occasion: 'recheck' }, false],
  ])('with other workers: %s', (_, text, more, expected) => {
    expect(rechecksWanted([site(text, more)], inCompany).length > 0).toBe(expected)
  })

  test('by another worker where there is one', () => {
    const wanted = { siteId: 1, afterSeconds: 10 }
    expect(rechecksWanted([site('u|f')], inCompany)).toEqual([{ ...wanted, avoidWorker: 'w1' }])
    expect(rechecksWanted([site('u|f')], alone)).toEqual([{ ...wanted, avoidWorker: null }])
  })
})

test.each([
  ['that fails for the first time is', 'u|f', [1]],
  ['whose failure is decided now is', 'uf|f', [1]],
  ['that is known to be down is not', 'ff|f', []],
  ['that is up is not', 'u|u', []],
])(
  'what a site depends on is looked at when the site begins to fail: one %s',
  (_, text, expected) => {
    expect(beginningToFail([site(text)])).toEqual(expected)
  },
)
