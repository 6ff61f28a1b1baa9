import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { type SeededSite, seededGap, seededOutages } from './seeded-sites.ts'

/** Outages begin and end at slots of their sites, as the consumer would have found them. */
export async function seedOutages(db: Db, nowMs: number): Promise<void> {
  const list = JSON.stringify(seededOutages)
  await sql`
    insert into outages (id, site_id, started_at, detected_at, ended_at, failure, message, opened_slot,
      closed_slot, status_code, remote_address, up_since)
    select gen_random_uuid(), c.id, began, began + pause + interval '1.2 seconds', ended, o.failure, o.message,
      began + pause, ended + pause, o."statusCode", '203.0.113.' || c.id, began - interval '12 days'
    from jsonb_to_recordset(${list}::jsonb) as o (
        site text, "agoMinutes" int, minutes int, failure text, message text, "statusCode" int)
      join site_config c on c.name = o.site
      join cadence k on k.name = c.cadence
      cross join lateral (select make_interval(secs => k.seconds) as pause,
        ${Math.floor(nowMs / 1000)}::int8 - o."agoMinutes" * 60 as moment) m
      cross join lateral (select
        to_timestamp(moment - (moment - site_phase(c.id, k.seconds)) % k.seconds) as began) b
      cross join lateral (select began + ceil(o.minutes * 60.0 / k.seconds) * pause as ended) e`.execute(
    db,
  )
}

/** A result for each slot but those that nobody looked at; down within outages, up otherwise, with a daily tide in how long it took. */
export async function seedResults(
  db: Db,
  sites: readonly SeededSite[],
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): Promise<void> {
  const now = Math.floor(nowMs / 1000)
  const gapFrom = now - seededGap.agoMinutes * 60
  const paces = JSON.stringify(sites.map(({ name, paceMs }) => ({ name, paceMs })))
  await sql`select make_ping_status_partitions(
    (to_timestamp(${now - days * 86_400}::int8) at time zone 'utc')::date,
    (to_timestamp(${now}::int8) at time zone 'utc')::date + 1)`.execute(db)
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, failure, message, status_code, latency_ms,
      dns_ms, connect_ms, tls_ms, ttfb_ms, response_bytes, worker, remote_address, http_version)
    select site_id, slot, slot + make_interval(secs => 0.05 + 0.2 * luck), result, failure, message, status_code,
      case when answers then total when failure = 'timeout' then 10000 else 0.1 * total end,
      case when answers then 0.08 * total end, case when answers then 0.2 * total end,
      case when answers and kind in ('http', 'tls') then 0.3 * total end,
      case when answers and kind = 'http' then 0.38 * total end,
      case when answers and kind = 'http' then 1800 end, 'worker-' || 1 + site_id % 2,
      '203.0.113.' || site_id, case when answers and kind = 'http' then '1.1' end
    from (
      select c.id as site_id, c.kind, slot, luck, o.failure, o.message,
        case when o.id is null and c.kind = 'http' then 200 else o.status_code end as status_code,
        case when o.id is null then 'up' else 'down' end as result,
        o.id is null or o.status_code is not null as answers,
        pace."paceMs" * (0.85 + 0.3 * luck + 0.25 * sin((extract(epoch from slot)::float8 - 21600) / 13751))
          * case when luck > 0.985 then 2.2 else 1 end as total
      from site_config c
        join jsonb_to_recordset(${paces}::jsonb) as pace (name text, "paceMs" float8) on pace.name = c.name
        join cadence k on k.name = c.cadence
        cross join lateral generate_series(${days * 86_400}::int8 / k.seconds, 0, -1) back
        cross join lateral (select to_timestamp(${now}::int8
          - (${now}::int8 - site_phase(c.id, k.seconds)) % k.seconds - back * k.seconds) as slot) s
        cross join lateral (select
          abs(hashint8extended(c.id * 1000003 + back, 5)) % 1000 / 1000.0::float8 as luck) l
        left join outages o on o.site_id = c.id and slot >= o.started_at
          and (o.ended_at is null or slot < o.ended_at)
      where c.enabled and slot > c.created_at
        and not (extract(epoch from slot) between ${gapFrom}::int8 and ${gapFrom + seededGap.minutes * 60}::int8)
    ) r`.execute(db)
}
