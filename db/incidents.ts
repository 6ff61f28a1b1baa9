import { type RawBuilder, sql } from 'kysely'
import type { Db } from './connect.ts'
import type { IncidentStatus } from './page-tables.ts'

/** What visitors are told in words. Instants are epoch milliseconds. */
export type Incident = {
  readonly id: number
  readonly title: string
  readonly status: IncidentStatus
  readonly createdAtMs: number
  readonly resolvedAtMs: number | null
  readonly siteIds: readonly number[]
  readonly tags: readonly string[]
}

export type IncidentUpdate = {
  readonly id: number
  readonly postedAtMs: number
  readonly status: IncidentStatus
  /** Markdown. */
  readonly body: string
}

export type NewIncident = Pick<Incident, 'title' | 'siteIds' | 'tags'> & {
  readonly first: Pick<IncidentUpdate, 'status' | 'body'>
}

const columns = sql`id, title, status, (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
  (extract(epoch from resolved_at) * 1000)::float8 as "resolvedAtMs", to_jsonb(site_ids) as "siteIds", tags`

/** Open ones first, then the newest; `limit` of them. */
export async function listIncidents(db: Db, limit: number): Promise<readonly Incident[]> {
  return readIncidents(db, sql`true`, limit)
}

/** With its updates, newest first; null: there is no such incident. */
export async function readIncident(
  db: Db,
  id: number,
): Promise<(Incident & { readonly updates: readonly IncidentUpdate[] }) | null> {
  const [incident] = await readIncidents(db, sql`id = ${id}`, 1)
  if (incident === undefined) return null
  const { rows: updates } = await sql<IncidentUpdate>`
    select id, (extract(epoch from posted_at) * 1000)::float8 as "postedAtMs", status, body
    from incident_updates where incident_id = ${id} order by posted_at desc, id desc`.execute(db)
  return { ...incident, updates }
}

async function readIncidents(db: Db, which: RawBuilder<unknown>, limit: number) {
  const { rows } = await sql<Incident>`
    select ${columns} from incidents where ${which}
    order by resolved_at is not null, created_at desc limit ${limit}`.execute(db)
  return rows
}

/** Its first update comes with it: an incident without a word would tell visitors nothing. */
export async function openIncident(db: Db, incident: NewIncident): Promise<number> {
  const { title, siteIds, tags, first } = incident
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('incidents')
      .values({ title, site_ids: [...siteIds], tags: [...tags] })
      .returning('id')
      .executeTakeFirstOrThrow()
    await trx
      .insertInto('incident_updates')
      .values({ incident_id: id, ...first })
      .execute()
    return id
  })
}

export async function postUpdate(
  db: Db,
  incidentId: number,
  update: Pick<IncidentUpdate, 'status' | 'body'>,
): Promise<'posted' | 'gone'> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('incident_updates')
    .columns(['incident_id', 'status', 'body'])
    .expression(
      db
        .selectFrom('incidents')
        .select(({ val }) => ['id', val(update.status).as('status'), val(update.body).as('body')])
        .where('id', '=', incidentId),
    )
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n ? 'posted' : 'gone'
}

export async function removeIncident(db: Db, id: number): Promise<'removed' | 'gone'> {
  const { numDeletedRows } = await db
    .deleteFrom('incidents')
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n ? 'removed' : 'gone'
}
