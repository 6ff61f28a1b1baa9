import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failures } from '#shared/domain/failure.ts'
import { behaviours, themes } from '../../test/hostile/themes.ts'
import { type HostileFleet, startHostileFleet } from '../../test/support/hostile-fleet.ts'

/**
 * What a target does becomes a result, a failure and a reason: one test for each case of each theme.
 * Which of them shows which row of the list of bad inputs: test/bad-input/rows.ts.
 */

let fleet: HostileFleet
beforeAll(async () => {
  fleet = await startHostileFleet()
})
afterAll(() => fleet.stop())

for (const { title, cases } of themes) {
  describe(title, () => {
    for (const [sentence, url, outcome, part = '', ask = {}] of cases) {
      test(sentence, async () => {
        const seen = await fleet.perform(url, ask)
        const said = [seen.result, seen.failure].filter((word) => word !== null).join(' ')
        const reason = outcome === 'up' ? null : expect.stringContaining(part)
        expect([said, seen.message]).toEqual([outcome, reason])
        expect(seen).toMatchObject({ siteId: 7, slotMs: 60_000, checkedAtMs: 61_000, worker: 'w1' })
      })
    }
  })
}

describe('the table is complete', () => {
  const cases = themes.flatMap((theme) => theme.cases)

  test('every failure occurs in it', () => {
    const seen = new Set(cases.map(([, , outcome]) => outcome.split(' ')[1]))
    expect(failures.filter((failure) => !seen.has(failure))).toEqual([])
  })

  test('everything that a target can do occurs in it', () => {
    const unused = Object.keys(behaviours).filter((path) => {
      const isAsked = new RegExp(`${path.replaceAll('.', '\\.')}(?![\\w.-])`)
      return !cases.some(([, url]) => isAsked.test(url))
    })
    // TLS on a plain port asks for no path; the server knows it by its first byte.
    expect(unused).toEqual(['/tls-on-plain-port'])
  })
})
