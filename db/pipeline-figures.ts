import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** How the whole pipeline stands at one moment, as only the database knows it. */
export type PipelineFigures = {
  readonly queues: readonly QueueFigures[]
  readonly sites: Readonly<Record<SiteState, number>>
  readonly openOutages: number
  readonly unsentNotifications: number
  /** Seconds since the oldest of them was queued; 0: there is none. */
  readonly oldestUnsentSeconds: number
}

export const siteStates = ['up', 'down', 'unknown', 'disabled', 'invalid'] as const
type SiteState = (typeof siteStates)[number]

export type QueueFigures = {
  readonly queue: string
  /** Jobs that nobody has fetched yet, those put off among them. */
  readonly waiting: number
  /** Jobs that were fetched and not settled yet, as counted within the last seconds. */
  readonly active: number
  /** Seconds since the oldest of those that wait was made; 0: none waits. */
  readonly oldestSeconds: number
}

/** Two short statements, of which the longer one reads `sites` once; for the scheduler's role. */
export async function readPipelineFigures(
  db: Db,
  queues: readonly string[],
): Promise<PipelineFigures> {
  const [ofQueues, totals] = await Promise.all([readQueues(db, queues), readTotals(db)])
  const { openOutages, unsentNotifications, oldestUnsentSeconds, ...sites } = totals
  return { queues: ofQueues, sites, openOutages, unsentNotifications, oldestUnsentSeconds }
}

/**
 * Those that wait have an index, by queue. Those that are active have none, among many that are done:
 * the queue's own supervision counts them every 5 s, and its count is taken.
 */
async function readQueues(db: Db, queues: readonly string[]): Promise<readonly QueueFigures[]> {
  const { rows } = await sql<QueueFigures>`
    select wanted.name as queue, waiting.jobs as waiting, coalesce(q.active_count, 0) as active,
      waiting.oldest_s::float8 as "oldestSeconds"
    from unnest(${sql.val([...queues])}::text[]) with ordinality as wanted (name, place)
    cross join lateral (
      select count(*) as jobs,
        coalesce(greatest(0, extract(epoch from now() - min(j.created_on))), 0) as oldest_s
      from pgboss.job j where j.name = wanted.name and j.state < 'active') as waiting
    left join pgboss.queue q on q.name = wanted.name
    order by wanted.place`.execute(db)
  return rows
}

type Totals = Record<SiteState, number> &
  Pick<PipelineFigures, 'openOutages' | 'unsentNotifications' | 'oldestUnsentSeconds'>

async function readTotals(db: Db): Promise<Totals> {
  const isWatched = sql`c.enabled and c.validity <> 'invalid'`
  const { rows } = await sql<Totals>`
    select sites.*, unsent.jobs as "unsentNotifications", unsent.oldest_s::float8 as "oldestUnsentSeconds",
      (select count(id) from outages where ended_at is null) as "openOutages"
    from (
      select count(*) filter (where ${isWatched} and s.status = 'up') as up,
        count(*) filter (where ${isWatched} and s.status = 'down') as down,
        count(*) filter (where ${isWatched} and s.status = 'unknown') as unknown,
        count(*) filter (where not c.enabled) as disabled,
        count(*) filter (where c.enabled and c.validity = 'invalid') as invalid
      from sites s join site_config c on c.id = s.site_id) as sites
    cross join (
      select count(*) as jobs,
        coalesce(greatest(0, extract(epoch from now() - min(queued_at))), 0) as oldest_s
      from notifications where sent_at is null and failed_at is null) as unsent`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('an aggregate without a row')
  return row
}
