import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { seedOutages, seedResults } from './history/seed-results.ts'
import { type SeededSite, seededSites } from './history/seeded-sites.ts'
import { writeNewestWords, writeSentEmails } from './newest-words.ts'

export type SeedOptions = {
  /** When it is now, in the history; in milliseconds. */
  readonly nowMs: number
  /** How far back every result goes; 90 by default. */
  readonly days?: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * Fills an empty database with the same history each time: ten published sites in four groups and four that
 * are not, one of them down since 38 minutes, nine outages of 90 days, hours in which nobody looked, an open
 * incident and a resolved one, and planned work. It is as Uptick would have written it.
 */
export async function seedHistory(db: Db, { nowMs, days = 90 }: SeedOptions): Promise<void> {
  await seedSites(db, seededSites, { nowMs, days })
  await seedOutages(db, nowMs)
  await sql`delete from outages where started_at < to_timestamp(${nowMs / 1000 - days * 86_400}::float8)`.execute(
    db,
  )
  await seedResults(db, seededSites, { nowMs, days })
  await writeNewestWords(db)
  await writeSentEmails(db, nowMs - days * DAY_MS)
  await seedIncidents(db, nowMs)
  await seedMaintenance(db, nowMs)
  await sql`analyze`.execute(db)
}

async function seedSites(
  db: Db,
  sites: readonly SeededSite[],
  { nowMs, days }: Required<SeedOptions>,
): Promise<void> {
  const since = (site: SeededSite) =>
    new Date(nowMs - Math.min(site.sinceDays ?? days, days) * DAY_MS)
  await db
    .insertInto('site_config')
    .values(
      sites.map((site) => ({
        name: site.name,
        url: site.url,
        cadence: site.cadence,
        tags: [...site.tags],
        enabled: site.enabled ?? true,
        slo_target: site.sloTarget ?? null,
        published: site.group !== null,
        page_group: site.group,
        slug: site.name.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
        created_at: since(site),
      })),
    )
    .execute()
  await db.updateTable('site_config').set({ validity: 'valid' }).execute()
  await db.deleteFrom('check_request').execute()
  await sql`update sites set cert_expires_at = to_timestamp(${(nowMs + 61 * DAY_MS) / 1000}::float8),
    cert_subject = 'CN=*.example.com', cert_issuer = 'CN=Example Certificate Authority'
    from site_config c where c.id = site_id and c.kind in ('http', 'tls')`.execute(db)
}

async function seedIncidents(db: Db, nowMs: number): Promise<void> {
  const ago = (minutes: number) => new Date(nowMs - minutes * 60_000)
  await incident(db, 'Product search does not answer', 'Product search', [
    [ago(31), 'investigating', 'Searches fail. We are looking into it.'],
    [
      ago(12),
      'identified',
      'An index was lost during **last night’s maintenance**. It is being rebuilt; browsing by category works.',
    ],
  ])
  const paymentsMinutes = 3 * 24 * 60 + 300
  await incident(db, 'Payments could not be confirmed', 'Checkout', [
    [ago(paymentsMinutes - 8), 'investigating', 'Some payments are not confirmed.'],
    [
      ago(paymentsMinutes - 30),
      'monitoring',
      'Our payment provider has mended its network. We are watching:\n\n- new payments are confirmed\n- those that waited are confirmed one by one',
    ],
    [ago(paymentsMinutes - 60), 'resolved', 'All payments are confirmed. No order was lost.'],
  ])
}

type Update = readonly [
  at: Date,
  status: 'investigating' | 'identified' | 'monitoring' | 'resolved',
  body: string,
]

async function incident(
  db: Db,
  title: string,
  site: string,
  updates: readonly Update[],
): Promise<void> {
  const { id: siteId } = await db
    .selectFrom('site_config')
    .select('id')
    .where('name', '=', site)
    .executeTakeFirstOrThrow()
  const { id } = await db
    .insertInto('incidents')
    .values({ title, site_ids: [siteId], created_at: updates[0]?.[0] ?? new Date() })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('incident_updates')
    .values(
      updates.map(([postedAt, status, body]) => ({
        incident_id: id,
        posted_at: postedAt,
        status,
        body,
      })),
    )
    .execute()
}

async function seedMaintenance(db: Db, nowMs: number): Promise<void> {
  const startsAt = new Date(Math.ceil((nowMs + 2 * DAY_MS) / DAY_MS) * DAY_MS - 2 * HOUR_MS)
  await db
    .insertInto('maintenance')
    .values({
      title: 'New database for accounts: sign-in pauses for a few minutes',
      tags: ['accounts'],
      starts_at: startsAt,
      ends_at: new Date(startsAt.getTime() + 90 * 60_000),
      published: true,
    })
    .execute()
}
