-- What is asked: uptime by an accounting policy, latency, outages, objectives, and whether checks are
-- made when they are due. docs/uptime.md has an example of each.

create function refuse_empty_window(since timestamptz, until timestamptz) returns void
  language plpgsql immutable parallel safe as $$
begin
  if since is null or until is null or not isfinite(since) or not isfinite(until) or since >= until then
    raise exception 'since: % is not before until: %', coalesce(since::text, 'null'), coalesce(until::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'A window begins before it ends, both at an instant.';
  end if;
end $$;

create function policy_named(policy_name text) returns accounting_policy
  language plpgsql stable as $$
declare
  policy accounting_policy;
begin
  select * into policy from accounting_policy p where p.name = policy_name;
  if not found then
    raise exception 'policy: "%" is not known', policy_name using errcode = 'invalid_parameter_value',
      hint = (select 'Known are ' || string_agg(p.name, ', ' order by p.name) || '.' from accounting_policy p);
  end if;
  return policy;
end $$;

-- The time that sites were watched, within [since, until) and before now.
create function watched_spans(only_sites bigint[], since timestamptz, until timestamptz)
  returns table (site_id bigint, seconds int, span tstzrange)
  language sql stable as $$
  select h.site_id, h.seconds,
    tstzrange(greatest(h.from_at, since), greatest(h.from_at, since, least(coalesce(h.to_at, 'infinity'), until, now())))
  from site_config_history h
  where h.watched and (only_sites is null or h.site_id = any (only_sites))
    and h.from_at < until and coalesce(h.to_at, 'infinity') > since;
$$;

-- Per site, what was seen of [since, until), and what a policy makes of it. Up, down and unknown are
-- the window, always; what is not watched, planned or within an outage is told beside them.
create function fleet_uptime(since timestamptz, until timestamptz, policy_name text default 'observed',
    only_sites bigint[] default null)
  returns table (site_id bigint, window_s float8, up_s float8, down_s float8, unknown_s float8, unwatched_s float8,
    unknown_in_outage_s float8, maintenance_s float8, counted_up_s float8, counted_down_s float8,
    uptime float8, coverage float8, watched_coverage float8, policy text)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  rules accounting_policy := policy_named(policy_name);
  window_s float8 := seconds_between(since, until);
  past_s float8 := seconds_between(since, least(until, greatest(since, now())));
begin
  perform refuse_empty_window(since, until);
  return query
  with watched as (
    select w.site_id, sum(seconds_between(lower(w.span), upper(w.span))) as watched_s
    from watched_spans(only_sites, since, until) w group by w.site_id
  ), measured as (
    select c.id, coalesce(w.watched_s, 0) as watched_s, coalesce((a.said).up_s, 0) as up_s,
      coalesce((a.said).down_s, 0) as down_s,
      greatest(0, coalesce(w.watched_s, 0) - coalesce((a.said).up_s + (a.said).down_s, 0)) as missing_s,
      coalesce((a.said).unknown_in_outage_s, 0) as unknown_in_outage_s,
      coalesce((a.said).maintenance_up_s, 0) as planned_up_s, coalesce((a.said).maintenance_down_s, 0) as planned_down_s,
      coalesce((a.said).maintenance_unknown_s, 0) as planned_missing_s
    from site_config c
    left join watched w on w.site_id = c.id
    left join account(only_sites, since, until) a on a.site_id = c.id
    where only_sites is null or c.id = any (only_sites)
  ), planned as (
    select m.*,
      case when rules.maintenance_counts = 'as_measured' then m.up_s else m.up_s - m.planned_up_s end
        + case when rules.maintenance_counts = 'up' then m.planned_up_s + m.planned_down_s + m.planned_missing_s else 0 end
        as known_up_s,
      case when rules.maintenance_counts = 'as_measured' then m.down_s else m.down_s - m.planned_down_s end as known_down_s,
      case when rules.maintenance_counts = 'as_measured' then m.missing_s
        else greatest(0, m.missing_s - m.planned_missing_s) end as left_s
    from measured m
  ), counted as (
    select p.*,
      p.known_up_s + case when rules.unknown_counts = 'up' then p.left_s else 0 end as counted_up_s,
      p.known_down_s + case when rules.unknown_counts = 'down' then p.left_s else 0 end as counted_down_s
    from planned p
  )
  select c.id, window_s, c.up_s, c.down_s, window_s - c.up_s - c.down_s, past_s - c.watched_s, c.unknown_in_outage_s,
    c.planned_up_s + c.planned_down_s + c.planned_missing_s, c.counted_up_s, c.counted_down_s,
    c.counted_up_s / nullif(c.counted_up_s + c.counted_down_s, 0),
    (c.up_s + c.down_s) / window_s,
    least(1, (c.up_s + c.down_s) / nullif(c.watched_s, 0)),
    rules.name
  from counted c;
end $$;

-- The same of one site.
create function uptime(site bigint, since timestamptz, until timestamptz, policy_name text default 'observed')
  returns table (window_s float8, up_s float8, down_s float8, unknown_s float8, unwatched_s float8,
    unknown_in_outage_s float8, maintenance_s float8, counted_up_s float8, counted_down_s float8,
    uptime float8, coverage float8, watched_coverage float8, policy text)
  language plpgsql stable as $$
#variable_conflict use_column
begin
  return query select u.window_s, u.up_s, u.down_s, u.unknown_s, u.unwatched_s, u.unknown_in_outage_s, u.maintenance_s,
    u.counted_up_s, u.counted_down_s, u.uptime, u.coverage, u.watched_coverage, u.policy
  from fleet_uptime(since, until, policy_name, array[site]) u;
  if not found then
    raise exception 'site: % is not there', coalesce(site::text, 'null') using errcode = 'no_data_found';
  end if;
end $$;

-- The last days of sites, oldest first, the last of them today so far. Days that are over are read as
-- they are kept; today, and days with marks, are counted.
create function day_bars(site_ids bigint[], days int)
  returns table (site_id bigint, day date, up_s float8, down_s float8, unknown_s float8, unwatched_s float8,
    maintenance_s float8)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan set timezone = 'UTC' as $$
#variable_conflict use_column
declare
  first_day date := current_date - (days - 1);
  counted_from date := least(current_date, (select utc_date(h.rolled_to) from rollup_hand h));
begin
  return query
  with bar as (
    select c.id as site_id, d.day::date as day from site_config c
    cross join generate_series(first_day, current_date, interval '1 day') as d (day)
    where c.id = any (site_ids)
  ), marked as (
    select distinct m.site_id, d.day::date as day
    from dirty_spans(site_ids, midnight(first_day), midnight(counted_from)) m
    cross join lateral generate_series(utc_date(m.from_at), utc_date(m.to_at - interval '1 microsecond'), interval '1 day') as d (day)
  ), counted as (
    select u.* , c.day from (
      select b.day, array_agg(b.site_id) as sites from bar b
      where b.day >= counted_from or (b.site_id, b.day) in (select m.site_id, m.day from marked m) group by b.day) as c
    cross join lateral fleet_uptime(midnight(c.day),
      least(midnight(c.day + 1), greatest(now(), midnight(c.day) + interval '1 second')), 'observed', c.sites) as u
  )
  select b.site_id, b.day, coalesce(c.up_s, d.up_s, 0), coalesce(c.down_s, d.down_s, 0),
    coalesce(c.unknown_s, 86400 - d.up_s - d.down_s, 86400),
    -- Before its first second, a site has nothing kept.
    coalesce(c.unwatched_s, 86400 - d.up_s - d.down_s - d.unknown_s + d.unwatched_s, 86400),
    coalesce(c.maintenance_s, d.maintenance_up_s + d.maintenance_down_s + d.maintenance_unknown_s, 0)
  from bar b
  left join counted c on c.site_id = b.site_id and c.day = b.day
  left join site_days d on d.site_id = b.site_id and d.day = b.day and d.day >= first_day and d.day < counted_from
  order by b.site_id, b.day;
end $$;

-- Whether to read the durations of [since, until) themselves: where they are there, and either not many
-- or marked as changed after they were rolled up, unless those are too many.
create function reads_raw_latency(only_sites bigint[], since timestamptz, until timestamptz, most interval) returns boolean
  language sql stable
  return since >= raw_kept_from() and (until - since <= most or (
    exists (select from dirty_spans(only_sites, since, until)) and seconds_between(since, until) / 3600
      * coalesce(cardinality(only_sites), (select count(*) from site_config)) < 50000));

-- The durations of [since, until) as histograms: of whole days and, where buckets of whole checks alone are
-- wanted, whole hours as they are kept, and the rest from raw rows.
create function latency_parts(only_sites bigint[], since timestamptz, until timestamptz, all_phases boolean)
  returns table (site_id bigint, phase text, said histogram)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  hand rollup_hand;
  first_day date := utc_date(since + interval '1 day - 1 microsecond');
  end_day date := utc_date(until);
  -- What is before the days, and after them, by hours where that will do.
  days_from timestamptz;
  days_to timestamptz;
  hours_to timestamptz;
begin
  if reads_raw_latency(only_sites, since, until, '0') then
    return query select r.site_id, r.phase, r.said from latency_raw(only_sites, since, until, all_phases) r;
    return;
  end if;
  select * into hand from rollup_hand;
  end_day := greatest(first_day, least(end_day, hand.latency_day));
  days_from := least(until, midnight(first_day));
  days_to := greatest(days_from, midnight(end_day));
  hours_to := case when all_phases then days_to else greatest(days_to, least(hour_of(until), hand.latency_hour)) end;
  return query
  select d.site_id, p.phase, p.said from site_latency_days d
  cross join lateral (values ('total', d.total), ('late', d.late), ('dns', d.dns), ('connect', d.connect), ('tls', d.tls),
    ('ttfb', d.ttfb)) as p (phase, said)
  where d.day >= first_day and d.day < end_day and (only_sites is null or d.site_id = any (only_sites))
    and p.said is not null and (all_phases or p.phase in ('total', 'late'))
  union all
  select h.site_id, p.phase, p.said from site_latency_hours h
  cross join lateral (values ('total', h.total), ('late', h.late)) as p (phase, said)
  where not all_phases and (only_sites is null or h.site_id = any (only_sites)) and p.said is not null
    and ((h.hour >= since and h.hour < days_from) or (h.hour >= days_to and h.hour < hours_to))
  union all
  select r.site_id, r.phase, r.said from latency_raw(only_sites, since, days_from, true) r where all_phases and since < days_from
  union all
  select r.site_id, r.phase, r.said from latency_raw(only_sites, hours_to, until, all_phases) r where hours_to < until;
end $$;

-- Percentiles of such histograms, to 5 %.
create function latency_quantiles(only_sites bigint[], since timestamptz, until timestamptz, all_phases boolean)
  returns table (site_id bigint, phase text, checks bigint, avg_ms float8, p50_ms float8, p95_ms float8, p99_ms float8,
    max_ms float8)
  language sql stable set jit = off as $$
  with part as materialized (select * from latency_parts(only_sites, since, until, all_phases)
  ), whole as (
    select p.site_id, p.phase, sum((p.said).checks) as checks, sum((p.said).sum_ms) as sum_ms, max((p.said).max_ms) as max_ms
    from part p group by p.site_id, p.phase
  ), bucket as (
    select p.site_id, p.phase, b.bucket, sum(b.checks) as checks
    from part p cross join lateral unnest((p.said).buckets, (p.said).counts) as b (bucket, checks)
    group by p.site_id, p.phase, b.bucket
  ), ranked as (
    select b.*, sum(b.checks) over (partition by b.site_id, b.phase order by b.bucket) as so_far from bucket b
  )
  select w.site_id, w.phase, w.checks, w.sum_ms / w.checks,
    least(w.max_ms, bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.5 * w.checks))),
    least(w.max_ms, bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.95 * w.checks))),
    least(w.max_ms, bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.99 * w.checks))), w.max_ms
  from whole w join ranked r on r.site_id = w.site_id and r.phase = w.phase
  group by w.site_id, w.phase, w.checks, w.sum_ms, w.max_ms;
$$;

-- Latency of one site by phase, of the results that got as far as the phase and are not inconclusive,
-- up or down. Exact up to two days, to 5 % beyond.
create function latency(site bigint, since timestamptz, until timestamptz)
  returns table (phase text, checks bigint, avg_ms float8, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8)
  language plpgsql stable set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  phases constant text[] := array['dns', 'connect', 'tls', 'ttfb', 'total'];
begin
  perform refuse_empty_window(since, until);
  if reads_raw_latency(array[site], since, until, interval '2 days') then
    return query
    select measured.phase, count(*), avg(measured.ms), percentile_cont(0.5) within group (order by measured.ms),
      percentile_cont(0.95) within group (order by measured.ms), percentile_cont(0.99) within group (order by measured.ms),
      max(measured.ms)
    from ping_status p
    cross join lateral unnest(phases, array[p.dns_ms, p.connect_ms, p.tls_ms, p.ttfb_ms, p.latency_ms]::float8[])
      as measured (phase, ms)
    where p.site_id = site and p.slot >= since and p.slot < until and p.result <> 'inconclusive' and measured.ms is not null
    group by measured.phase
    order by array_position(phases, measured.phase);
  else
    return query
    select q.phase, q.checks, q.avg_ms, q.p50_ms, q.p95_ms, q.p99_ms, q.max_ms
    from latency_quantiles(array[site], since, until, true) q
    where q.phase = any (phases)
    order by array_position(phases, q.phase);
  end if;
end $$;

-- Latency of whole checks per site that had any, to 5 %. From hours that begin within the window.
create function fleet_latency(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, checks bigint, avg_ms float8, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8)
  language plpgsql stable set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  perform refuse_empty_window(since, until);
  if reads_raw_latency(only_sites, since, until, interval '1 hour') then
    return query
    select p.site_id, count(*), avg(p.latency_ms), percentile_cont(0.5) within group (order by p.latency_ms),
      percentile_cont(0.95) within group (order by p.latency_ms), percentile_cont(0.99) within group (order by p.latency_ms),
      max(p.latency_ms)::float8
    from (select c.id from site_config c where only_sites is null or c.id = any (only_sites)) as c
    cross join lateral (
      select r.site_id, r.latency_ms from ping_status r
      where r.site_id = c.id and r.slot >= since and r.slot < until and r.result <> 'inconclusive' and r.latency_ms is not null offset 0
    ) as p
    group by p.site_id;
  else
    return query
    select q.site_id, q.checks, q.avg_ms, q.p50_ms, q.p95_ms, q.p99_ms, q.max_ms
    from latency_quantiles(only_sites, since, until, false) q where q.phase = 'total';
  end if;
end $$;

-- Where the part of a window, of `points` equal ones, begins that an instant lies in.
create function point_of(instant timestamptz, since timestamptz, until timestamptz, points int) returns timestamptz
  language sql immutable parallel safe
  return since + floor(seconds_between(since, instant) / seconds_between(since, until) * points) * ((until - since) / points);

-- Latency over time, for a chart: the window in `points` equal parts, without those that nothing is known
-- of. Beyond two days from whole hours, each in the part that it begins in.
create function latency_points(site bigint, since timestamptz, until timestamptz, points int)
  returns table (at timestamptz, p50_ms float8, p95_ms float8, dns_ms float8, connect_ms float8, tls_ms float8,
    ttfb_ms float8, total_ms float8, checks bigint)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  hours_to timestamptz := least(until, (select h.latency_hour from rollup_hand h));
begin
  perform refuse_empty_window(since, until);
  if reads_raw_latency(array[site], since, until, interval '2 days') then
    return query
    select point_of(p.slot, since, until, points), percentile_cont(0.5) within group (order by p.latency_ms),
      percentile_cont(0.95) within group (order by p.latency_ms), avg(p.dns_ms), avg(p.connect_ms), avg(p.tls_ms),
      avg(p.ttfb_ms), avg(p.latency_ms), count(*)
    from ping_status p
    where p.site_id = site and p.slot >= since and p.slot < until and p.result <> 'inconclusive' and p.latency_ms is not null
    group by 1 order by 1;
    return;
  end if;
  return query
  with part as materialized (
    select point_of(h.hour, since, until, points) as at, h.total, h.dns, h.connect, h.tls, h.ttfb
    from site_latency_hours h where h.site_id = site and h.hour >= since and h.hour < hours_to and h.total is not null
    union all
    select point_of(p.slot, since, until, points),
      row(1, p.latency_ms, p.latency_ms, array[bucket_of(p.latency_ms)], array[1])::histogram,
      row(1, p.dns_ms, null, null, null)::histogram, row(1, p.connect_ms, null, null, null)::histogram,
      row(1, p.tls_ms, null, null, null)::histogram, row(1, p.ttfb_ms, null, null, null)::histogram
    from ping_status p
    where p.site_id = site and p.slot >= greatest(since, hours_to) and p.slot < until and p.result <> 'inconclusive'
      and p.latency_ms is not null
  ), bucket as (
    select p.at, b.bucket, sum(b.checks) as checks
    from part p cross join lateral unnest((p.total).buckets, (p.total).counts) as b (bucket, checks) group by p.at, b.bucket
  ), ranked as (
    select b.*, sum(b.checks) over (partition by b.at order by b.bucket) as so_far,
      sum(b.checks) over (partition by b.at) as checks_at from bucket b
  ), quantile as (
    select r.at, bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.5 * r.checks_at)) as p50_ms,
      bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.95 * r.checks_at)) as p95_ms from ranked r group by r.at
  )
  select p.at, q.p50_ms, q.p95_ms,
    sum((p.dns).sum_ms) / sum((p.dns).checks) filter (where (p.dns).sum_ms is not null),
    sum((p.connect).sum_ms) / sum((p.connect).checks) filter (where (p.connect).sum_ms is not null),
    sum((p.tls).sum_ms) / sum((p.tls).checks) filter (where (p.tls).sum_ms is not null),
    sum((p.ttfb).sum_ms) / sum((p.ttfb).checks) filter (where (p.ttfb).sum_ms is not null),
    sum((p.total).sum_ms) / sum((p.total).checks), sum((p.total).checks)
  from part p join quantile q on q.at = p.at
  group by p.at, q.p50_ms, q.p95_ms
  order by p.at;
end $$;

-- Outages as people ask for them; of an open one the duration so far.
create view outage_list as
  select o.id as outage_id, o.site_id, coalesce(c.name, s.url) as site_name, s.url, o.started_at, o.detected_at,
    o.ended_at, seconds_between(o.started_at, coalesce(o.ended_at, greatest(now(), o.started_at))) as duration_s,
    o.failure, o.message, o.held_by, o.status_code, o.remote_address, o.up_since
  from outages o join site_config c on c.id = o.site_id join sites s on s.site_id = o.site_id;

-- Per site the outages that began in [since, until): how many, how long until they were over on
-- average (MTTR), the longest; and the time it was seen up for each of them (MTBF).
create function outage_stats(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, outages bigint, down_s float8, mttr_s float8, mtbf_s float8, longest_s float8, open boolean)
  language sql stable as $$
  select u.site_id, coalesce(o.outages, 0), u.down_s, o.mttr_s, u.up_s / o.outages, o.longest_s,
    exists (select from outages still where still.site_id = u.site_id and still.ended_at is null)
  from fleet_uptime(since, until, 'observed', only_sites) u
  left join (
    select l.site_id, count(*) as outages, avg(l.duration_s) filter (where l.ended_at is not null) as mttr_s,
      max(l.duration_s) as longest_s
    from outage_list l
    where l.started_at >= since and l.started_at < until and (only_sites is null or l.site_id = any (only_sites))
    group by l.site_id) o on o.site_id = u.site_id;
$$;

-- Per site with a target, what is left of its error budget. The budget is the target's share of the
-- time that counts, and of the part of the window that is still to come.
create function slo(since timestamptz, until timestamptz, policy_name text default 'observed',
    only_sites bigint[] default null)
  returns table (site_id bigint, slo_target float8, uptime float8, coverage float8, budget_s float8, spent_s float8,
    left_s float8, left_share float8, met boolean)
  language sql stable as $$
  select c.id, c.slo_target, u.uptime, u.coverage, b.budget_s, u.counted_down_s, b.budget_s - u.counted_down_s,
    (b.budget_s - u.counted_down_s) / nullif(b.budget_s, 0), u.uptime >= c.slo_target / 100
  from site_config c
  join fleet_uptime(since, until, policy_name,
    (select coalesce(array_agg(t.id), '{}') from site_config t
     where t.slo_target is not null and (only_sites is null or t.id = any (only_sites)))) u on u.site_id = c.id
  cross join lateral (
    select (100 - c.slo_target) / 100
      * (u.counted_up_s + u.counted_down_s + seconds_between(least(until, greatest(since, now())), until)) as budget_s) as b;
$$;

-- Per site with a limit on latency (sla_ms), how many of its checks kept the limit of their time.
create function sla(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, sla_ms int, checks bigint, met bigint, met_share float8)
  language plpgsql stable as $$
#variable_conflict use_column
declare
  limited bigint[] := array(
    select c.id from site_config c where c.sla_ms is not null and (only_sites is null or c.id = any (only_sites)));
begin
  perform refuse_empty_window(since, until);
  return query
  select c.id, c.sla_ms, coalesce((a.said).sla_checks, 0)::bigint, coalesce((a.said).sla_met, 0)::bigint,
    (a.said).sla_met::float8 / nullif((a.said).sla_checks, 0)
  from site_config c left join account(limited, since, until, true) a on a.site_id = c.id
  where c.id = any (limited);
end $$;

-- The slots of a site in [since, until), as far as it was watched and they are not still to come.
create function expected_slots(site bigint, since timestamptz, until timestamptz) returns bigint
  language sql stable as $$
  select coalesce(sum(slots_between(site_phase(w.site_id, w.seconds), w.seconds, lower(w.span), upper(w.span))), 0)::bigint
  from watched_spans(array[site], since, until) w;
$$;

-- Per site, the slots that were due and the checks that were made of them, and how late those began
-- (to 5 %). What is under way is not missed yet: the last 75 seconds do not count.
create function cadence_kept(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, cadence text, cadence_s int, expected bigint, made bigint, missed bigint, kept float8,
    late_p50_ms float8, late_p99_ms float8)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  settled timestamptz := greatest(since + interval '1 microsecond', least(until, now() - interval '75 seconds'));
begin
  perform refuse_empty_window(since, until);
  return query
  select c.id, c.cadence, k.seconds, coalesce((a.said).expected, 0)::bigint,
    coalesce((a.said).expected - (a.said).missed, 0)::bigint, coalesce((a.said).missed, 0)::bigint,
    1 - (a.said).missed::float8 / nullif((a.said).expected, 0), q.p50_ms, q.p99_ms
  from site_config c
  join cadence k on k.name = c.cadence
  left join account(only_sites, since, settled, true) a on a.site_id = c.id
  left join latency_quantiles(only_sites, since, settled, false) q on q.site_id = c.id and q.phase = 'late'
  where only_sites is null or c.id = any (only_sites);
end $$;

-- The same of all sites together by the cadence that they have now.
create function cadence_kept_by_cadence(since timestamptz, until timestamptz)
  returns table (cadence text, cadence_s int, sites bigint, expected bigint, made bigint, missed bigint, kept float8,
    late_p50_ms float8, late_p99_ms float8)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  settled timestamptz := greatest(since + interval '1 microsecond', least(until, now() - interval '75 seconds'));
begin
  perform refuse_empty_window(since, until);
  return query
  with slots as (
    select c.cadence, count(*) as sites, sum((a.said).expected) as expected, sum((a.said).missed) as missed
    from site_config c left join account(null, since, settled, true) a on a.site_id = c.id group by c.cadence
  ), bucket as (
    select c.cadence, b.bucket, sum(b.checks) as checks
    from latency_parts(null, since, settled, false) p join site_config c on c.id = p.site_id
    cross join lateral unnest((p.said).buckets, (p.said).counts) as b (bucket, checks)
    where p.phase = 'late' group by c.cadence, b.bucket
  ), ranked as (
    select b.*, sum(b.checks) over (partition by b.cadence order by b.bucket) as so_far,
      sum(b.checks) over (partition by b.cadence) as all_checks from bucket b
  ), late as (
    select r.cadence, bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.5 * r.all_checks)) as p50_ms,
      bucket_middle_ms(min(r.bucket) filter (where r.so_far >= 0.99 * r.all_checks)) as p99_ms from ranked r group by r.cadence
  )
  select s.cadence, k.seconds, s.sites, coalesce(s.expected, 0), coalesce(s.expected - s.missed, 0), coalesce(s.missed, 0),
    1 - s.missed::float8 / nullif(s.expected, 0), l.p50_ms, l.p99_ms
  from slots s join cadence k on k.name = s.cadence left join late l on l.cadence = s.cadence
  order by k.seconds, s.cadence;
end $$;

grant select on outage_list to uptick_reader, uptick_web;
