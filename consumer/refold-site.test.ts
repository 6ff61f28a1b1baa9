import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { foldHealth } from '#shared/domain/health.ts'
import { outcomes } from '#shared/domain/result.ts'
import { Recording } from '../test/support/recording.ts'
import { history, resultAt, slotMs, slotOf } from '../test/support/results.ts'

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(() => recording.clear())

describe('a late result', () => {
  test.each([
    ['that agrees changes nothing', 'uuuu', 2, [], []],
    ['between two failures keeps them from being in a row', 'ufuf', 2, [], []],
    [
      'that makes two failures a row opens the outage after all',
      'uffu',
      1,
      [[1, null]],
      ['outage to ops@example.org'],
    ],
    [
      'that makes the outage begin earlier moves it',
      'ufff',
      1,
      [[1, null]],
      ['outage to ops@example.org'],
    ],
    [
      'that ends an outage is told as a recovery',
      'uffuu',
      3,
      [[1, 3]],
      ['outage to ops@example.org', 'recovery to ops@example.org'],
    ],
  ])('%s', async (_, text, lateSlot, expectedOutages, expectedNotifications) => {
    await recording.addSite()
    const all = history(text)
    await recording.take(...all.filter((result) => result.slotMs !== slotMs(lateSlot)))
    const { late } = await recording.take(
      ...all.filter((result) => result.slotMs === slotMs(lateSlot)),
    )
    expect(late).toBe(1)
    expect(await recording.outages()).toEqual(expectedOutages)
    expect(new Set(await recording.notifications())).toEqual(new Set(expectedNotifications))
  })

  test('that refutes an outage nobody was told of withdraws it and its message', async () => {
    await recording.addSite()
    await recording.take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    expect(await recording.outages()).toEqual([[1, null]])
    await recording.take(resultAt(2, 'up'))
    expect([await recording.outages(), await recording.notifications()]).toEqual([[], []])
  })

  test('that refutes an outage somebody was told of sends a correction', async () => {
    await recording.addSite()
    await recording.take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    await sql`update notifications set sent_at = now()`.execute(recording.database.db)
    await recording.take(resultAt(2, 'up'))
    expect([await recording.outages(), await recording.notifications()]).toEqual([
      [],
      ['outage to ops@example.org', 'correction to ops@example.org'],
    ])
  })
})

describe('an outage that was refuted', () => {
  test('and comes back is told as a new one', async () => {
    await recording.addSite()
    await recording.take(resultAt(0, 'up'), resultAt(1, 'down'), resultAt(3, 'down'))
    await sql`update notifications set sent_at = now()`.execute(recording.database.db)
    await recording.take(resultAt(2, 'up'))
    await recording.take(resultAt(1.5, 'down'))
    expect(await recording.outages()).toEqual([[1, null]])
    const kinds = (await recording.notifications()).map((text) => text.split(' ')[0])
    expect(kinds).toEqual(['outage', 'correction', 'outage'])
    expect(await recording.notifyJobs()).toBe(kinds.length)
  })
})

describe('whatever the order of arrival', () => {
  const outcome = fc.constantFrom(...outcomes, 'down' as const, 'up' as const)
  const arrivals = fc.record({
    results: fc.array(outcome, { minLength: 1, maxLength: 24 }),
    order: fc.infiniteStream(fc.nat()),
    batchSizes: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
    duplicates: fc.array(fc.nat(), { maxLength: 8 }),
    thresholds: fc.record({
      failure: fc.integer({ min: 1, max: 3 }),
      recovery: fc.integer({ min: 1, max: 3 }),
    }),
  })

  test('the stored health and outages equal the fold of the rows in slot order', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ results, order, batchSizes, duplicates, thresholds }) => {
        await sql`truncate site_config, ping_status, outages, notifications restart identity cascade`.execute(
          recording.database.db,
        )
        await recording.addSite({
          failure_threshold: thresholds.failure,
          recovery_threshold: thresholds.recovery,
        })
        const sent = results.map((result, slot) => resultAt(slot, result))
        const twice = duplicates.flatMap((index) => sent[index % sent.length] ?? [])
        const shuffled = [...sent, ...twice]
          .map((result) => ({ result, by: order.next().value }))
          .sort((a, b) => a.by - b.by)
        while (shuffled.length > 0) {
          await recording.take(
            ...shuffled.splice(0, batchSizes.next().value).map(({ result }) => result),
          )
        }
        const folded = foldHealth(sent, thresholds)
        expect(await recording.outages()).toEqual(
          folded.outages.map(({ startedAtMs, endedAtMs }) => [
            slotOf(startedAtMs),
            slotOf(endedAtMs),
          ]),
        )
        const { status, status_since, streak, last_slot } = await recording.site()
        const { health } = folded
        expect({ status, streak, since: slotOf(status_since), last: slotOf(last_slot) }).toEqual({
          status: health.status,
          streak: health.streak,
          since: slotOf(health.statusSinceMs),
          last: slotOf(health.lastSlotMs),
        })
      }),
      { numRuns: 150 },
    )
  })
})
