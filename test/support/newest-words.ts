import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'

/** Brings `sites` in step with results and outages that were written straight into their tables. */
export async function writeNewestWords(db: Db): Promise<void> {
  await sql`
    update sites set status = case when o.started_at is null then 'up' else 'down' end,
      status_since = coalesce(o.started_at,
        (select max(ended_at) from outages past where past.site_id = c.id), c.created_at),
      last_slot = newest.slot, last_checked_at = newest.checked_at, last_result = newest.result,
      last_failure = newest.failure, last_status_code = newest.status_code,
      last_latency_ms = newest.latency_ms, last_message = newest.message,
      last_remote_address = newest.remote_address, last_http_version = newest.http_version,
      last_worker = newest.worker, streak = 0, streak_since = null,
      last_updated = newest.checked_at
    from site_config c
      cross join lateral (
        select * from ping_status p where p.site_id = c.id order by slot desc limit 1) newest
      left join outages o on o.site_id = c.id and o.ended_at is null
    where sites.site_id = c.id`.execute(db)
}

/** Two emails for each outage since then, one while it is open, all of them sent. */
export async function writeSentEmails(db: Db, sinceMs: number): Promise<void> {
  await sql`
    insert into notifications (outage_id, kind, channel, recipient, queued_at, sent_at, attempts, message_id, facts)
    select o.id, kind, 'email', 'ops@example.org', told_at, told_at + interval '2 seconds', 1,
      '<' || o.id || '-' || kind || '@uptick>', '{}'
    from outages o cross join unnest(array['outage', 'recovery']) kind
      cross join lateral (select case kind when 'outage' then o.detected_at else o.closed_slot end as told_at) t
    where o.started_at > to_timestamp(${sinceMs / 1000}::float8) and told_at is not null`.execute(
    db,
  )
}
