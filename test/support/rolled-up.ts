import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { announceRollup, recountDirty, rollUpLatency, rollUpTo } from '#db/rollups.ts'

/** Rolling up as a scheduler does, but for its patience with transactions under way: in a test, there are none. */

/** Forgets all sites and whatever is known of them, and starts rolling up at an instant. */
export async function forgetEverything(db: Db, fromS: number): Promise<void> {
  await sql`
    truncate site_config, ping_status, maintenance, site_hours, site_days, site_months, site_latency_hours,
      site_latency_days, rollup_dirty cascade`.execute(db)
  const from = sql`to_timestamp(${fromS}::float8)`
  await sql`
    update rollup_hand set rolled_to = ${from}, closing_to = ${from}, latency_hour = ${from}, latency_hour_site = 0,
      latency_day = utc_date(${from}), latency_day_site = 0`.execute(db)
}

/** Rolls up some pieces, a quarter of an hour each, if so many are due. */
export async function rollUp(db: Db, pieces: number): Promise<void> {
  for (let piece = 0; piece < pieces; piece++) {
    const announced = await announceRollup(db)
    if (announced === null) return
    await rollUpTo(db, announced)
  }
}

/** Catches up with latency and with everything that was marked. */
export async function settle(db: Db): Promise<void> {
  while ((await rollUpLatency(db, 1_000)) !== null);
  while (await hasMarks(db)) await recountDirty(db, 1_000)
}

async function hasMarks(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from rollup_dirty limit 1`.execute(db)
  return rows.length > 0
}

/** All rollups, to be compared. */
export async function rollups(db: Db): Promise<Readonly<Record<string, unknown>>> {
  const tables = [
    'site_hours',
    'site_days',
    'site_months',
    'site_latency_hours',
    'site_latency_days',
  ]
  const entries = tables.map(async (table) => {
    const { rows } = await sql`select * from ${sql.table(table)} order by 1, 2`.execute(db)
    return [table, rows] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
