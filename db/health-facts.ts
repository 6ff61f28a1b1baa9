import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { serviceRoles } from './migrate.ts'

/** What an examination of the installation asks the database: one short question each. */

/** Its version, and its clock: all slots are by it. */
export async function databaseClock(db: Db): Promise<{ version: string; nowMs: number }> {
  const { rows } = await sql<{ version: string; nowMs: number }>`
    select current_setting('server_version') as version,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`.execute(db)
  return onlyRow(rows)
}

/** The roles of services that are missing, or may not log in. */
export async function missingRoles(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ role: string }>`
    select role from unnest(${sql.val([...serviceRoles])}::text[]) as role
    where not exists (select from pg_roles where rolname = role and rolcanlogin)`.execute(db)
  return rows.map(({ role }) => role)
}

/** For how many days after today results have a place, without a gap; -1: not even today. */
export async function partitionDaysAhead(db: Db): Promise<number> {
  const { rows } = await sql<{ days: number }>`
    select coalesce(min(ahead) filter (where not is_there), count(*)) - 1 as days
    from (
      select ahead, to_regclass('ping_status_' || to_char((now() at time zone 'utc')::date + ahead, 'YYYYMMDD'))
        is not null as is_there
      from generate_series(0, 30) as ahead) as day`.execute(db)
  return Number(onlyRow(rows).days)
}

/** How far the clock hand, which every slot gets its jobs by, is behind now. */
export async function handBehindMs(db: Db): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp() - last_slot) * 1000)::float8 as ms from schedule_hand`.execute(
    db,
  )
  return onlyRow(rows).ms
}

export type QueueDepth = {
  readonly jobs: number
  /** How long the oldest could have been fetched; null: there is none. */
  readonly oldestMs: number | null
}

/** Jobs that may be fetched and were not yet. */
export async function queueDepth(db: Db, queues: readonly string[]): Promise<QueueDepth> {
  const { rows } = await sql<QueueDepth>`
    select count(*) as jobs,
      (extract(epoch from now() - min(greatest(created_on, start_after))) * 1000)::float8 as "oldestMs"
    from pgboss.job where name = any(${sql.val([...queues])}::text[]) and state < 'active'
      and start_after <= now()`.execute(db)
  return onlyRow(rows)
}

/** How far the rollups of history are behind; null: this schema has none. */
export async function rollupBehindMs(db: Db): Promise<number | null> {
  const { rows: tables } = await sql<{ is_there: boolean }>`
    select to_regclass('rollup_hand') is not null as is_there`.execute(db)
  if (!onlyRow(tables).is_there) return null
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from now() - rolled_to) * 1000)::float8 as ms from rollup_hand`.execute(
    db,
  )
  return onlyRow(rows).ms
}

export type EmailFacts = {
  readonly unsent: number
  readonly oldestUnsentMs: number | null
  /** Refused for good within the last day. */
  readonly failed: number
}

export async function emailFacts(db: Db): Promise<EmailFacts> {
  const { rows } = await sql<EmailFacts>`
    select count(*) filter (where sent_at is null and failed_at is null) as unsent,
      (extract(epoch from now() - min(queued_at) filter (where sent_at is null and failed_at is null)) * 1000)::float8
        as "oldestUnsentMs",
      count(*) filter (where failed_at > now() - interval '1 day') as failed
    from notifications`.execute(db)
  return onlyRow(rows)
}

/** What nobody could read, within the last day, and why the last of it. */
export async function deadLetters(db: Db): Promise<{ count: number; lastReason: string | null }> {
  const { rows } = await sql<{ count: number; lastReason: string | null }>`
    select count(*) as count, (array_agg(reason order by id desc))[1] as "lastReason"
    from dead_letter where received_at > now() - interval '1 day'`.execute(db)
  return onlyRow(rows)
}

export type SiteFacts = {
  /** Enabled. */
  readonly watched: number
  /** Of those: there is no way to check them. */
  readonly invalid: number
  /** Of those: they name no recipient. */
  readonly withoutRecipients: number
}

export async function siteFacts(db: Db): Promise<SiteFacts> {
  const { rows } = await sql<SiteFacts>`
    select count(*) as watched, count(*) filter (where validity = 'invalid') as invalid,
      count(*) filter (where alert_emails = '{}') as "withoutRecipients"
    from site_config where enabled`.execute(db)
  return onlyRow(rows)
}

function onlyRow<T>([row]: readonly T[]): T {
  if (row === undefined) throw new Error('an aggregate without a row')
  return row
}
