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
  language plpgsql stable set jit = off as $$
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
    select c.id, coalesce(w.watched_s, 0) as watched_s, coalesce(a.up_s, 0) as up_s, coalesce(a.down_s, 0) as down_s,
      greatest(0, coalesce(w.watched_s, 0) - coalesce(a.up_s + a.down_s, 0)) as missing_s,
      coalesce(a.unknown_in_outage_s, 0) as unknown_in_outage_s, coalesce(a.maintenance_up_s, 0) as planned_up_s,
      coalesce(a.maintenance_down_s, 0) as planned_down_s, coalesce(a.maintenance_unknown_s, 0) as planned_missing_s
    from site_config c
    left join watched w on w.site_id = c.id
    left join account_raw(only_sites, since, until) a on a.site_id = c.id
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

-- The last days of sites, oldest first, the last of them today so far.
create function day_bars(site_ids bigint[], days int)
  returns table (site_id bigint, day date, up_s float8, down_s float8, unknown_s float8, unwatched_s float8,
    maintenance_s float8)
  language sql stable set timezone = 'UTC' as $$
  select u.site_id, d.day::date, u.up_s, u.down_s, u.unknown_s, u.unwatched_s, u.maintenance_s
  from generate_series(current_date - (days - 1), current_date, interval '1 day') as d (day)
  cross join lateral fleet_uptime(d.day, least(d.day + interval '1 day', greatest(now(), d.day + interval '1 second')),
    'observed', site_ids) u
  order by u.site_id, d.day;
$$;

-- Latency of one site by phase, of the results that got as far as the phase, whatever they concluded.
create function latency(site bigint, since timestamptz, until timestamptz)
  returns table (phase text, checks bigint, avg_ms float8, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8)
  language sql stable as $$
  select phase.name, count(phase.ms), avg(phase.ms),
    percentile_cont(0.5) within group (order by phase.ms),
    percentile_cont(0.95) within group (order by phase.ms),
    percentile_cont(0.99) within group (order by phase.ms), max(phase.ms)
  from ping_status p
  cross join lateral (values (1, 'dns', p.dns_ms::float8), (2, 'connect', p.connect_ms), (3, 'tls', p.tls_ms),
    (4, 'ttfb', p.ttfb_ms), (5, 'total', p.latency_ms)) as phase (place, name, ms)
  where p.site_id = site and p.slot >= since and p.slot < until and p.result <> 'inconclusive' and phase.ms is not null
  group by phase.place, phase.name
  order by phase.place;
$$;

-- The whole of a check (total) per site that had any.
create function fleet_latency(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, checks bigint, avg_ms float8, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8)
  language sql stable as $$
  select p.site_id, count(p.latency_ms), avg(p.latency_ms),
    percentile_cont(0.5) within group (order by p.latency_ms),
    percentile_cont(0.95) within group (order by p.latency_ms),
    percentile_cont(0.99) within group (order by p.latency_ms), max(p.latency_ms)
  from ping_status p
  where (only_sites is null or p.site_id = any (only_sites)) and p.slot >= since and p.slot < until
    and p.result <> 'inconclusive' and p.latency_ms is not null
  group by p.site_id;
$$;

-- Latency over time, for a chart: the window in `points` equal parts, without those that nothing is known of.
create function latency_points(site bigint, since timestamptz, until timestamptz, points int)
  returns table (at timestamptz, p50_ms float8, p95_ms float8, dns_ms float8, connect_ms float8, tls_ms float8,
    ttfb_ms float8, total_ms float8, checks bigint)
  language sql stable as $$
  select since + width_bucket(extract(epoch from p.slot), extract(epoch from since), extract(epoch from until), points)
      * (until - since) / points - (until - since) / points,
    percentile_cont(0.5) within group (order by p.latency_ms),
    percentile_cont(0.95) within group (order by p.latency_ms),
    avg(p.dns_ms), avg(p.connect_ms), avg(p.tls_ms), avg(p.ttfb_ms), avg(p.latency_ms), count(*)
  from ping_status p
  where p.site_id = site and p.slot >= since and p.slot < until and p.result <> 'inconclusive'
    and p.latency_ms is not null
  group by 1
  order by 1;
$$;

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

-- Per site with a limit on latency (sla_ms), how many of its checks kept it.
create function sla(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, sla_ms int, checks bigint, met bigint, met_share float8)
  language sql stable as $$
  select c.id, c.sla_ms, count(p.sla_met), count(*) filter (where p.sla_met),
    count(*) filter (where p.sla_met)::float8 / nullif(count(p.sla_met), 0)
  from site_config c
  left join ping_status p on p.site_id = c.id and p.slot >= since and p.slot < until
  where c.sla_ms is not null and (only_sites is null or c.id = any (only_sites))
  group by c.id;
$$;

-- The slots of a site in [since, until), as far as it was watched and they are not still to come.
create function expected_slots(site bigint, since timestamptz, until timestamptz) returns bigint
  language sql stable as $$
  select coalesce(sum(slots_within(w.site_id, w.seconds, lower(w.span), upper(w.span))), 0)::bigint
  from watched_spans(array[site], since, until) w;
$$;

-- Until a result can be expected to be recorded: the longest timeout, and time to queue.
create function settled_at() returns timestamptz language sql stable parallel safe return now() - interval '75 seconds';

-- Per site, the slots that were due and the checks that were made of them, and how late those began.
-- What is under way is not missed yet.
create function cadence_kept(since timestamptz, until timestamptz, only_sites bigint[] default null)
  returns table (site_id bigint, cadence text, cadence_s int, expected bigint, made bigint, missed bigint, kept float8,
    late_p50_ms float8, late_p99_ms float8)
  language sql stable set jit = off as $$
  with due as (
    select w.site_id, sum(slots_within(w.site_id, w.seconds, lower(w.span), upper(w.span)))::bigint as expected
    from watched_spans(only_sites, since, greatest(since, least(until, settled_at()))) w group by w.site_id
  ), done as (
    select p.site_id, count(*) as made,
      percentile_cont(0.5) within group (order by extract(epoch from p.checked_at - p.slot) * 1000) as late_p50_ms,
      percentile_cont(0.99) within group (order by extract(epoch from p.checked_at - p.slot) * 1000) as late_p99_ms
    from site_config_history h
    join ping_status p on p.site_id = h.site_id and p.slot >= h.from_at and p.slot < coalesce(h.to_at, 'infinity')
    where h.watched and (only_sites is null or h.site_id = any (only_sites))
      and p.slot >= since and p.slot < least(until, settled_at()) and is_on_grid(p.site_id, h.seconds, p.slot)
    group by p.site_id
  )
  select c.id, c.cadence, k.seconds, coalesce(due.expected, 0), coalesce(done.made, 0),
    coalesce(due.expected, 0) - coalesce(done.made, 0), coalesce(done.made, 0)::float8 / nullif(due.expected, 0),
    done.late_p50_ms, done.late_p99_ms
  from site_config c
  join cadence k on k.name = c.cadence
  left join due on due.site_id = c.id
  left join done on done.site_id = c.id
  where only_sites is null or c.id = any (only_sites);
$$;

-- The same of all sites that have a cadence now.
create function cadence_kept_by_cadence(since timestamptz, until timestamptz)
  returns table (cadence text, cadence_s int, sites bigint, expected bigint, made bigint, missed bigint, kept float8,
    late_p50_ms float8, late_p99_ms float8)
  language sql stable as $$
  select k.cadence, k.cadence_s, count(*), sum(k.expected)::bigint, sum(k.made)::bigint, sum(k.missed)::bigint,
    sum(k.made) / nullif(sum(k.expected), 0)::float8,
    percentile_cont(0.5) within group (order by k.late_p50_ms), max(k.late_p99_ms)
  from cadence_kept(since, until) k
  group by k.cadence, k.cadence_s
  order by k.cadence_s;
$$;

grant select on outage_list to uptick_reader, uptick_web;
