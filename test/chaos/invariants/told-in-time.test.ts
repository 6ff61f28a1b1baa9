import { describe, expect, test } from 'vitest'
import { fault, fleetOf, mail, ms, notification, outage, span } from './hand-made.ts'
import { type DelayFacts, judgeDelays } from './told-in-time.ts'

/** Down from 10 to 50 s; two slots of 2 s, two timeouts of 1 s and 5 s for the pipeline: 11 s. */
const told = (outageAt: number, recoveryAt: number, more: Partial<DelayFacts> = {}) =>
  judgeDelays({
    fleet: fleetOf([[10, 50, 'hang']]),
    faults: [],
    window: span(0, 300),
    spans: [{ siteId: 1, seconds: 2, fromMs: ms(0), untilMs: null }],
    outages: [outage(10, 50)],
    notifications: [notification(10), notification(10, 'recovery')],
    mails: [mail(10, 'outage', outageAt), mail(10, 'recovery', recoveryAt)],
    ...more,
  })
const what = (kind: string) => `site 1: ${kind} of ${outage(10).id}`

describe('an outage and its end are told in time', () => {
  test('holds of 11 s, which is what thresholds and timeouts take', () => {
    expect(told(21, 61)).toMatchObject({ compared: 2, violations: [] })
  })

  test.each([
    [
      'an outage after 12 s',
      told(22, 61),
      `${what('outage')} was told after 12.0 s, of at most 11.0 s`,
    ],
    [
      'a recovery after 12 s',
      told(21, 62),
      `${what('recovery')} was told after 12.0 s, of at most 11.0 s`,
    ],
    [
      'one that met no fault that matters to it',
      told(22, 61, { faults: [fault('target', 10, 40)] }),
      `${what('outage')} was told after 12.0 s, of at most 11.0 s`,
    ],
    [
      'one long after a fault',
      told(21, 62, { faults: [fault('worker', 10)] }),
      `${what('recovery')} was told after 12.0 s, of at most 11.0 s`,
    ],
    [
      'one that took longer than even two faults of a worker do',
      told(82, 61, { faults: [fault('worker', 12)] }),
      `${what('outage')} was told after 72.0 s, of at most 41.0 s`,
    ],
  ])('does not hold of %s', (_, finding, violation) => {
    expect(finding.violations).toEqual([violation])
  })

  test.each([
    ['30 s more after the kill of a worker', told(51, 61, { faults: [fault('worker', 12)] })],
    ['the time that Kafka was away, and 30 s', told(71, 81, { faults: [fault('kafka', 12, 32)] })],
    [
      'a claim that has to run out, after the kill of a sender',
      told(105, 110, { faults: [fault('consumer', 14)] }),
    ],
  ])('lets it take %s', (_, finding) => {
    expect(finding.violations).toEqual([])
  })

  test('lets one of a hundred meet two faults on the way, and no more', () => {
    const unlucky = (count: number) => {
      const sites = Array.from({ length: 100 }, (_, index) => index)
      const ids = sites.map((index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
      return judgeDelays({
        fleet: fleetOf(...sites.map(() => [[10, 50, 'hang'] as const])),
        faults: [fault('worker', 12)],
        window: span(0, 300),
        spans: sites.map((index) => ({
          siteId: index + 1,
          seconds: 2,
          fromMs: ms(0),
          untilMs: null,
        })),
        outages: sites.map((index) =>
          outage(10, null, { siteId: index + 1, id: ids[index] ?? '' }),
        ),
        notifications: sites.map((index) =>
          notification(index, 'outage', { outageId: ids[index] ?? '' }),
        ),
        mails: sites.map((index) => mail(index, 'outage', index < count ? 60 : 20)),
      }).violations.length
    }
    expect(unlucky(1)).toBe(0)
    expect(unlucky(2)).toBe(2)
  })

  test.each<[string, Partial<DelayFacts>]>([
    [
      'a site one of whose outages was held',
      { outages: [outage(10, 50), outage(90, null, { heldBy: 'flapping' })] },
    ],
    ['an outage of a site that was not down', { fleet: fleetOf([]) }],
    ['a site that was down before anybody watched it', { window: span(60, 300) }],
    [
      'a site that was added while it was down',
      { spans: [{ siteId: 1, seconds: 2, fromMs: ms(55), untilMs: null }] },
    ],
    ['what was never told, which is another invariant', { mails: [] }],
  ])('says nothing of %s', (_, change) => {
    expect(told(99, 99, change)).toMatchObject({ compared: 0, violations: [] })
  })
})
