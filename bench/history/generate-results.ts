import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { DAY_MS, type HistoryShape } from './history-shape.ts'

/**
 * Every result of the last 30 days: each day is filled as a table of its own, in the order in which
 * results arrive, and then becomes a partition. Deterministic, by hashes of site and slot.
 */
export async function generateResults(
  db: Db,
  shape: HistoryShape,
  onDay: (day: string, rows: number) => void,
): Promise<void> {
  const days = Array.from({ length: shape.rawDays + 1 }, (_, back) => shape.todayMs - back * DAY_MS)
  const fillNext = async (): Promise<void> => {
    for (let dayMs = days.pop(); dayMs !== undefined; dayMs = days.pop()) {
      const rows = await generateDay(db, dayMs, shape.nowMs)
      onDay(new Date(dayMs).toISOString().slice(0, 10), rows)
    }
  }
  // Two cores.
  await Promise.all([fillNext(), fillNext()])
}

async function generateDay(db: Db, dayMs: number, nowMs: number): Promise<number> {
  const partition = sql.table(
    `ping_status_${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`,
  )
  const from = sql.lit(new Date(dayMs).toISOString())
  const to = sql.lit(new Date(dayMs + DAY_MS).toISOString())
  return db.connection().execute(async (session) => {
    await sql`set work_mem = '512MB'`.execute(session)
    await sql`set maintenance_work_mem = '512MB'`.execute(session)
    await sql`drop table if exists ${partition}`.execute(session)
    await sql`create table ${partition} (like ping_status including defaults including constraints)`.execute(
      session,
    )
    const { numAffectedRows } = await fillDay(session, partition, dayMs, nowMs)
    await sql`alter table ${partition} add primary key (site_id, slot),
      add constraint day check (slot >= ${from} and slot < ${to})`.execute(session)
    await sql`alter table ping_status attach partition ${partition} for values from (${from}) to (${to})`.execute(
      session,
    )
    await sql`alter table ${partition} drop constraint day`.execute(session)
    // As autovacuum leaves a day that is over.
    await sql`vacuum (freeze, analyze) ${partition}`.execute(session)
    return Number(numAffectedRows ?? 0)
  })
}

/**
 * Of a day's slots: one in a hundred sites is slow for its SLA, one result in a thousand fails alone, one in
 * two thousand says nothing, one in a thousand is missing, and so is all the fleet for 20 minutes on every tenth day.
 */
const fillDay = (db: Db, partition: ReturnType<typeof sql.table>, dayMs: number, nowMs: number) =>
  sql`
    insert into ${partition} (site_id, slot, checked_at, result, failure, message, status_code,
      latency_ms, dns_ms, connect_ms, tls_ms, ttfb_ms, response_bytes, sla_met, worker, remote_address, http_version)
    select site_id, slot, slot + make_interval(secs => 0.03 + case when u3 > 0.99 then 3 * u1 else 0.3 * u1 end),
      result, case when result = 'down' then coalesce(failure, 'timeout') end,
      case when result = 'down' then coalesce(message, 'no answer within 10 s') when result = 'inconclusive' then 'the worker was blind' end,
      case when result = 'up' then 200 when result = 'down' then status_code end,
      case when result <> 'inconclusive' then 1.0 end * total, 
      case when has_answer then 0.08 * total end, case when has_answer then 0.2 * total end,
      case when has_answer and is_https then 0.3 * total end, case when has_answer then 0.38 * total end,
      case when has_answer then 200 + (u1 * 20000)::int end, case when result = 'up' then total <= 800 end,
      'worker-' || 1 + site_id % 4, '192.0.2.' || site_id % 250, case when has_answer then '1.1' end
    from (
      select c.id as site_id, slot, u1, u3, c.url like 'https:%' as is_https, o.failure, o.message, o.status_code,
        r.result, r.result = 'up' or o.status_code is not null as has_answer,
        -- A site's own speed, with a daily tide, some jitter, and now and then a long one.
        ((20 + abs(hashint8extended(c.id, 1)) % 300) * (0.8 + 0.4 * u1
          + 0.2 * sin(extract(epoch from slot)::float8 / 13750)) * case when u2 > 0.99 then 4 else 1 end)::real as total
      from site_config c join cadence k on k.name = c.cadence
        cross join lateral generate_series(0, 86400 / k.seconds - 1) step
        cross join lateral (select to_timestamp(${dayMs / 1000}::int8 + site_phase(c.id, k.seconds) + step::int8 * k.seconds) as slot) s
        cross join lateral (select abs(hashint8extended(c.id * 8640 + step, ${dayMs / DAY_MS}::int8)) as dice) h
        cross join lateral (select dice % 1024 / 1024.0::float8 as u1, (dice >> 10) % 1024 / 1024.0::float8 as u2,
          (dice >> 20) % 1024 / 1024.0::float8 as u3, (dice >> 30) % 100000 as lot) u
        left join (
          select * from outages where started_at < to_timestamp(${(dayMs + DAY_MS) / 1000}::int8)
            and (ended_at is null or ended_at > to_timestamp(${dayMs / 1000}::int8))) o
          on o.site_id = c.id and slot >= o.started_at and (o.ended_at is null or slot < o.ended_at)
        cross join lateral (select case when o.site_id is not null or lot < 100 then 'down'
          when lot < 150 then 'inconclusive' else 'up' end as result) r
      where c.enabled and slot <= to_timestamp(${Math.floor(nowMs / 1000)}::int8) and lot < 99900
        and not (${(dayMs / DAY_MS) % 10 === 0}::bool and (step * k.seconds) / 1200 = 36)
      order by slot
    ) t`.execute(db)
