import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { slotsBetween } from '#shared/domain/slot.ts'
import { forgetEverything, rollUp, rollups, settle } from '../test/support/rolled-up.ts'
import { countSecondBySecond, type SiteStory, type Span } from '../test/support/second-by-second.ts'
import { siteStories, windowsFrom } from '../test/support/site-stories.ts'
import { type Telling, tellStory } from '../test/support/tell-story.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { recountDirty } from './rollups.ts'
import { fleetUptime, uptimeOf } from './uptime.ts'

/** Two hours before an hour, a day, a month and a year end. */
const BASE_S = Date.UTC(2024, 11, 31, 22) / 1000
/** In quarters of an hour: past the end of all stories. */
const PIECES = 28

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  await sql`select make_ping_status_partitions('2024-12-30', '2025-01-02')`.execute(database.db)
})
afterAll(() => database.close())

const inMs = ({ fromS, toS }: Span) => ({ fromMs: fromS * 1000, toMs: toS * 1000 })

/** What a story says of a window, in the words of the function. */
function expected(story: SiteStory, window: Span) {
  const { maintenanceUpS, maintenanceDownS, maintenanceUnknownS, ...count } = countSecondBySecond(
    story,
    window,
  )
  return {
    ...count,
    windowS: window.toS - window.fromS,
    maintenanceS: maintenanceUpS + maintenanceDownS + maintenanceUnknownS,
  }
}

/** Planned work of a tag is of every site that has it, whichever story it is from. */
function withWorkOfAll(stories: readonly SiteStory[]): readonly SiteStory[] {
  const tagged = stories.flatMap(({ maintenance }) => maintenance.filter(({ tag }) => tag !== null))
  return stories.map((story) => ({ ...story, maintenance: [...story.maintenance, ...tagged] }))
}

/** Takes the steps in some order; `pieces` says what is rolled up, or counted again, after each. */
async function happen(
  tellings: readonly Telling[],
  order: Iterator<number>,
  pieces: Iterator<number>,
): Promise<void> {
  const steps = tellings.flatMap((telling) => telling.steps)
  while (steps.length > 0) {
    const [step] = steps.splice((order.next().value ?? 0) % steps.length, 1)
    await step?.()
    const count = pieces.next().value ?? 0
    if (count > 0) await rollUp(database.db, count)
    if (count < -2) await recountDirty(database.db, 1_000)
  }
}

describe('uptime', () => {
  const pasts = fc.record({
    stories: fc.tuple(siteStories(BASE_S), siteStories(BASE_S)),
    windows: fc.array(windowsFrom(BASE_S), { minLength: 1, maxLength: 4 }),
    order: fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
    pieces: fc.infiniteStream(fc.integer({ min: -4, max: 8 })),
  })

  test('is what one counts second by second, and its rollups what one would count anew, however late what came', async () => {
    await fc.assert(
      fc.asyncProperty(pasts, async ({ stories, windows, order, pieces }) => {
        const { db } = database
        await forgetEverything(db, BASE_S)
        const tellings = [await tellStory(db, stories[0]), await tellStory(db, stories[1])]
        await happen(tellings, order, pieces)
        for (const window of windows) {
          const each = await Promise.all(
            tellings.map(async ({ siteId }) => ({
              siteId,
              ...(await uptimeOf(db, siteId, inMs(window))),
            })),
          )
          expect(each).toMatchObject(withWorkOfAll(stories).map((story) => expected(story, window)))
          const fleet = await fleetUptime(db, inMs(window))
          expect(fleet.toSorted((a, b) => a.siteId - b.siteId)).toEqual(each)
        }
        await rollUp(db, PIECES)
        await settle(db)
        const kept = await rollups(db)
        await sql`select rebuild_rollups('2024-12-31 22:00Z', '2025-01-01 05:00Z')`.execute(db)
        expect(kept).toEqual(await rollups(db))
      }),
      // Every run takes a second or two.
      { numRuns: Number(process.env.RUNS ?? 8), endOnFailure: true },
    )
  }, 180_000)
})

describe('the slots that are expected', () => {
  test('are those of the code', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom(1, 7, 60, 300, 3_600, 86_400),
        fc.integer({ min: 0, max: 100_000_000 }),
        fc.integer({ min: 0, max: 100_000_000 }),
        async (siteId, seconds, afterMs, lengthMs) => {
          const fromMs = BASE_S * 1000 + afterMs
          const [from, to] = [new Date(fromMs), new Date(fromMs + lengthMs)]
          const { rows } = await sql<{ slots: number }>`
            select slots_between(site_phase(${siteId}::int8, ${seconds}::int), ${seconds}::int, ${from}, ${to}) as slots`.execute(
            database.db,
          )
          // The code's windows have their end within, these have their beginning.
          expect(rows[0]?.slots).toBe(
            slotsBetween(siteId, seconds, fromMs - 1, fromMs + lengthMs - 1).length,
          )
        },
      ),
    )
  })
})
