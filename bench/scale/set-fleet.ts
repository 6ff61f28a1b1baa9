import { sql } from 'kysely'
import type { Db, Trx } from '#db/connect.ts'
import { CHECK_QUEUE } from '#shared/contracts/queues.ts'
import { type ScaleTarget, TARGET_SITES } from './scale-target.ts'

export type Fleet = {
  /** Sites 1 to this number are watched, and no others. */
  readonly sites: number
  readonly cadenceSeconds: number
  readonly target: Pick<ScaleTarget, 'origin' | 'scheme'>
}

/**
 * `at_once`: each new site is checked as soon as possible, as when an owner adds it. `at_slot`: at
 * its own next slot, so that a step begins with the rate that is to be measured, not with a burst.
 */
export type FirstCheck = 'at_once' | 'at_slot'

/** Adds the sites that are missing and disables those that are too many, in one transaction. */
export async function setFleet(db: Db, fleet: Fleet, first: FirstCheck): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await addMissing(trx, fleet)
    await sql`
      update site_config set enabled = (id <= ${fleet.sites}) where enabled <> (id <= ${fleet.sites})`.execute(
      trx,
    )
    if (first === 'at_slot') await sql`delete from check_request`.execute(trx)
  })
}

async function addMissing(trx: Trx, { sites, cadenceSeconds, target }: Fleet): Promise<void> {
  const { origin, scheme } = target
  const cadence = `${cadenceSeconds}s`
  await sql`
    insert into cadence (name, seconds) values (${cadence}, ${cadenceSeconds}) on conflict do nothing`.execute(
    trx,
  )
  await sql`
    insert into site_config (id, url, cadence, tls_server_name)
    select n, ${origin}::text || '/s/' || place, ${cadence},
      case when ${scheme === 'https'}::boolean then 's' || place || '.truth.test' end
    from generate_series((select coalesce(max(id), 0) + 1 from site_config), ${sites}::int8) n
    cross join lateral (select 1 + (n - 1) % ${TARGET_SITES}::int as place) p`.execute(trx)
}

/** Sites that are watched and were never checked. */
export async function uncheckedSites(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from sites s join site_config c on c.id = s.site_id
    where c.enabled and s.last_slot is null`.execute(db)
  return rows[0]?.count ?? 0
}

/** Jobs that no worker has fetched yet. */
export async function waitingChecks(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pgboss.job where name = ${CHECK_QUEUE} and state < 'active'`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}
