import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'

/**
 * What the harness installs in its database, so that what the product deletes or changes is not
 * forgotten: each state of each job, each row of history as it came and was taken back, each outage
 * as it was opened, moved and retracted, and each move of the hand. Append only, by triggers that
 * see a whole statement at once, with the rights of the owner: the services' own rights stay theirs.
 */

const TABLES = `
create table if not exists chaos_job (
  seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
  tx text not null default pg_current_xact_id()::text, job_id uuid not null, queue text not null,
  event text not null, retry_count int not null, expire_seconds int not null,
  -- Once, when the job is new.
  data jsonb);
create table if not exists chaos_row (
  seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
  event text not null, site_id bigint not null, slot timestamptz not null, result text not null, occasion text not null);
create table if not exists chaos_outage (
  seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
  event text not null, id uuid not null, site_id bigint not null, started_at timestamptz not null, ended_at timestamptz);
create table if not exists chaos_hand (
  seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
  from_slot timestamptz not null, to_slot timestamptz not null);
`

/** What a changed row leaves behind, by operation; `changed` are the rows after it, or before a delete. */
const JOB_INSERT = `
insert into public.chaos_job (job_id, queue, event, retry_count, expire_seconds, data)
select id, name, state::text, retry_count, expire_seconds, case when state = 'created' then data end
from changed where name <> 'result'`
const JOB_CHANGE = (event: string) => `
insert into public.chaos_job (job_id, queue, event, retry_count, expire_seconds)
select id, name, ${event}, retry_count, expire_seconds from changed where name <> 'result'`
const ROW_CHANGE = (event: string) => `
insert into public.chaos_row (event, site_id, slot, result, occasion)
select '${event}', site_id, slot, result, occasion from changed`
const OUTAGE_CHANGE = (event: string) => `
insert into public.chaos_outage (event, id, site_id, started_at, ended_at)
select '${event}', id, site_id, started_at, ended_at from changed`
const HAND_CHANGE = `
insert into public.chaos_hand (from_slot, to_slot) select b.last_slot, c.last_slot from changed c cross join before b`

type Audited = {
  readonly name: string
  readonly tables: readonly string[]
  readonly statements: Readonly<Partial<Record<'insert' | 'update' | 'delete', string>>>
}

/** Before any process is started. Safe to repeat. */
export async function installAuditLog(db: Db): Promise<void> {
  await sql.raw(TABLES).execute(db)
  // A statement fires the trigger of the table that it names, and pg-boss names either.
  const { rows } = await sql<{ name: string }>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'pgboss' and c.relkind in ('r', 'p') and (c.relname in ('job', 'job_common') or c.relispartition)
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'expire_seconds')`.execute(
    db,
  )
  await audit(db, {
    name: 'job',
    tables: rows.map((row) => row.name),
    statements: {
      insert: JOB_INSERT,
      update: JOB_CHANGE('state::text'),
      // Whoever has done a job takes it out. What the queue sweeps away was waiting, or had ended before.
      delete: JOB_CHANGE(`case state when 'active' then 'completed' else 'deleted' end`),
    },
  })
  await audit(db, {
    name: 'row',
    tables: ['public.ping_status'],
    statements: {
      insert: ROW_CHANGE('stored'),
      update: ROW_CHANGE('changed'),
      delete: ROW_CHANGE('deleted'),
    },
  })
  await audit(db, {
    name: 'outage',
    tables: ['public.outages'],
    statements: {
      insert: OUTAGE_CHANGE('opened'),
      update: OUTAGE_CHANGE('changed'),
      delete: OUTAGE_CHANGE('retracted'),
    },
  })
  await audit(db, {
    name: 'hand',
    tables: ['public.schedule_hand'],
    statements: { update: HAND_CHANGE },
  })
}

async function audit(db: Db, { name, tables, statements }: Audited): Promise<void> {
  for (const [operation, statement] of Object.entries(statements)) {
    const trigger = `chaos_${name}_${operation}`
    await sql
      .raw(
        `create or replace function public.${trigger}() returns trigger language plpgsql security definer
         set search_path = public, pg_temp as $$ begin ${statement}; return null; end $$`,
      )
      .execute(db)
    for (const table of tables) {
      await sql
        .raw(
          `create or replace trigger ${trigger} after ${operation} on ${table} ${transition(operation)}
           for each statement execute function public.${trigger}()`,
        )
        .execute(db)
    }
  }
}

function transition(operation: string): string {
  if (operation === 'delete') return 'referencing old table as changed'
  return operation === 'insert'
    ? 'referencing new table as changed'
    : 'referencing new table as changed old table as before'
}
