import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { HistoryShape } from './history-shape.ts'

/**
 * Ten thousand sites, as a large house has them: mostly over HTTPS, with names, tags and teams, one in
 * a hundred paused, a few hundred of them published; and what went wrong with them in a year.
 */
export async function generateSites(db: Db, shape: HistoryShape): Promise<void> {
  const createdAt = new Date(shape.todayMs - (shape.dailyDays + 35) * 86_400_000)
  await sql`
    insert into site_config (id, name, url, cadence, enabled, sla_ms, slo_target, tags, created_at,
      published, public_name, page_group)
    select n,
      (array['Shop', 'Booking', 'Ledger', 'Search', 'Mail', 'Login', 'Map', 'Feed'])[1 + n % 8] || ' ' ||
        (array['API', 'front end', 'worker', 'gateway', 'images'])[1 + n / 8 % 5] || ' ' || n,
      case when n % 20 = 0 then 'tcp://10.0.' || n / 250 || '.' || n % 250 || ':5432'
        else 'https://service-' || n || '.example.com/health' end,
      case when n::int8 * 7919 % 1000 < ${Math.round((shape.fiveMinuteSites / shape.sites) * 1000)}::int then '5m' else '10m' end,
      n % 100 <> 99, 800, case when n % 3 = 0 then 99.9 end,
      array['team-' || n % 40, (array['production', 'staging', 'internal'])[1 + n % 3]],
      ${createdAt}::timestamptz, n <= ${shape.publishedSites}::int,
      case when n <= ${shape.publishedSites}::int then 'Service ' || n end,
      case when n <= ${shape.publishedSites}::int then 'Group ' || (n - 1) % 8 + 1 end
    from generate_series(1, ${shape.sites}::int) n`.execute(db)
  await sql`select setval(pg_get_serial_sequence('site_config', 'id'), ${shape.sites}::int)`.execute(
    db,
  )
  await sql`update site_config set validity = 'valid'`.execute(db)
  await sql`delete from check_request`.execute(db)
  await generateOutages(db, shape)
  await sql`analyze site_config, outages, sites`.execute(db)
}

/**
 * In each fortnight three sites in five have one outage, of 5 minutes to 4.5 hours, most of them short. It
 * begins and ends at slots of its site. Every hundredth site is down now.
 */
async function generateOutages(db: Db, { nowMs, dailyDays }: HistoryShape): Promise<void> {
  await sql`
    insert into outages (id, site_id, started_at, detected_at, ended_at, failure, message, opened_slot,
      closed_slot, status_code, remote_address, up_since)
    select gen_random_uuid(), site_id, started_at, started_at + cadence + interval '1 second',
      case when not is_open then started_at + slots * cadence end,
      (array['timeout', 'status', 'refused', 'status'])[1 + site_id % 4],
      (array['no answer within 10 s', 'HTTP 503, expected 200-299', 'connection refused', 'HTTP 500, expected 200-299'])[1 + site_id % 4],
      started_at + cadence, case when not is_open then started_at + (slots + 1) * cadence end,
      (array[null, 503, null, 500])[1 + site_id % 4], '192.0.2.' || site_id % 250, started_at - interval '9 days'
    from (
      select c.id as site_id, make_interval(secs => k.seconds) as cadence, is_open,
        -- Its own slot at or before the chosen moment.
        to_timestamp(moment - (moment - site_phase(c.id, k.seconds)) % k.seconds) as started_at,
        2 + ((300 * exp(4 * unit)) / k.seconds)::int as slots
      from site_config c join cadence k on k.name = c.cadence
        cross join generate_series(0, ${Math.ceil(dailyDays / 14)}::int) fortnight
        cross join lateral (select
          abs(hashint8extended(c.id * 1000 + fortnight, 7)) as dice) h
        cross join lateral (select
          dice / 1000 % 1000 / 1000.0::float8 as unit,
          fortnight = 0 and c.id % 100 = 0 as is_open) u
        cross join lateral (select case when is_open then ${Math.floor(nowMs / 1000)}::int8 - 7200
          else ${Math.floor(nowMs / 1000)}::int8 - 86400 * (14 * fortnight + 1) - dice % 1000000 end as moment) m
      where (dice % 10 < 6 or is_open) and c.enabled
    ) o`.execute(db)
}
