import { sql } from 'kysely'
import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import type { Db } from './connect.ts'

/** How long ago a call may be: what the row says, else two cadences, one to call in and one of grace. */
const maxAgeSeconds = sql`coalesce(c.heartbeat_max_age_s, 2 * cadence.seconds)`

/**
 * What the scheduler puts into a job, of `site_config c` and `cadence`. A query of its own within the
 * case and no join, so that sites of other kinds cost nothing.
 */
export const heartbeatColumn = sql`case when c.kind = 'heartbeat' then (
  select jsonb_build_object(
    'lastBeatAtMs', floor(extract(epoch from h.last_beat_at) * 1000)::int8, 'lastStatus', h.last_status,
    'lastMessage', h.last_message, 'lastPingMs', h.last_ping_ms,
    'startedAtMs', floor(extract(epoch from h.started_at) * 1000)::int8, 'maxAgeSeconds', ${maxAgeSeconds},
    'waitingSinceMs', floor(extract(epoch from h.waiting_since) * 1000)::int8)
  from heartbeats h where h.site_id = c.id) end`

/**
 * Writes down what jobs say, at most one call of each token, and resolves to the tokens that belong
 * to an enabled heartbeat. A call that changes what is thought of its job (the first one, the first
 * after one was missed, the first that says otherwise) asks for a check in the same statement.
 */
export async function noteCalls(
  db: Db,
  calls: readonly HeartbeatCall[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ token: string }>`
    with call as (
      select * from unnest(
        ${sql.val(calls.map(({ token }) => token))}::text[], ${sql.val(calls.map(({ word }) => word))}::text[],
        ${sql.val(calls.map(({ message }) => message))}::text[], ${sql.val(calls.map(({ pingMs }) => pingMs))}::real[]
      ) as call (token, word, message, ping_ms)
    ), heard as (
      select call.*, h.site_id, h.last_beat_at, h.last_status, word in ('up', 'down') as is_beat,
        h.last_beat_at < now() - make_interval(secs => ${maxAgeSeconds}) as was_late
      from call
      join site_config c on c.kind = 'heartbeat' and c.url = 'heartbeat:' || call.token and c.enabled
      join cadence on cadence.name = c.cadence
      join heartbeats h on h.site_id = c.id
      order by h.site_id
      for update of h
    ), noted as (
      update heartbeats h set
        last_beat_at = case when is_beat then now() else h.last_beat_at end,
        last_status = case when is_beat then heard.word else h.last_status end,
        last_message = case when is_beat then heard.message else coalesce(heard.message, h.last_message) end,
        last_ping_ms = case when is_beat
          then coalesce(heard.ping_ms, extract(epoch from greatest(now(), h.started_at) - h.started_at) * 1000)
          else h.last_ping_ms end,
        started_at = case when is_beat then null when heard.word = 'start' then now() else h.started_at end
      from heard where h.site_id = heard.site_id
    ), asked as (
      insert into check_request (site_id)
      select site_id from heard
      where is_beat and (last_beat_at is null or last_status <> word or (word = 'up' and was_late))
      on conflict (site_id) do update
        set not_before = least(check_request.not_before, excluded.not_before), occasion = 'request', avoid_worker = null
    )
    select token from heard`.execute(db)
  return new Set(rows.map(({ token }) => token))
}
