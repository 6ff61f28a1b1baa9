-- What honest uptime is counted from: which rule was in force when, and what of the time was seen.

-- The rules of each site over time, without gaps from its first second on. In whole seconds: what
-- changes within one second, and with it what one transaction changes, is one change.
create table site_config_history (
  site_id bigint not null references site_config (id) on delete cascade,
  from_at timestamptz not null,
  -- Null: in force now.
  to_at timestamptz,
  -- Of the cadence.
  seconds int not null,
  -- Enabled, and not refused as invalid: its slots are due.
  watched boolean not null,
  url text not null,
  tags text[] not null,
  failure_threshold int not null,
  recovery_threshold int not null,
  slo_target float8,
  sla_ms int,
  -- The row but for what it is called and shown as, and for headers, body, recipients and names of secrets.
  config jsonb not null,

  primary key (site_id, from_at),
  constraint ends_after_it_starts check (to_at > from_at),
  constraint whole_seconds check (from_at = date_trunc('second', from_at) and to_at = date_trunc('second', to_at))
);

create unique index site_config_history_in_force on site_config_history (site_id) where to_at is null;

-- The rule that a row of site_config stands for.
create function rule_of(site site_config) returns site_config_history
  language sql stable set search_path = public, pg_temp as $$
  select site.id, date_trunc('second', now()), null::timestamptz, c.seconds,
    site.enabled and site.validity <> 'invalid', shown.url, site.tags, site.failure_threshold,
    site.recovery_threshold, site.slo_target, site.sla_ms,
    jsonb_strip_nulls(to_jsonb(site)
      - array['id', 'name', 'published', 'public_name', 'page_group', 'slug', 'created_at', 'updated_at',
        'validity', 'invalid_reason', 'hash', 'headers', 'body', 'alert_emails', 'basic_auth_user',
        'basic_auth_password_secret', 'bearer_token_secret', 'tls_ca_file', 'tls_client_cert_file',
        'tls_client_key_file']) || jsonb_build_object('url', shown.url)
  from cadence c cross join lateral (
    -- Who knows the token of a heartbeat may speak for its job.
    select case when site.kind = 'heartbeat' then left(site.url, length('heartbeat:') + 4) || '...' else site.url end
      as url) as shown
  where c.name = site.cadence;
$$;

-- Writes down a rule that begins now, unless it is the one in force.
create function begin_rule(rule site_config_history) returns void
  language plpgsql set search_path = public, pg_temp as $$
declare
  newest site_config_history;
begin
  select * into newest from site_config_history h where h.site_id = rule.site_id and h.to_at is null;
  if found and (newest.seconds, newest.watched, newest.config) = (rule.seconds, rule.watched, rule.config) then
    return;
  end if;
  -- As young, or younger where its transaction began after ours: replaced.
  if found and newest.from_at >= rule.from_at then
    rule.from_at := newest.from_at;
    delete from site_config_history h where h.site_id = rule.site_id and h.to_at is null;
  elsif found then
    update site_config_history h set to_at = rule.from_at where h.site_id = rule.site_id and h.to_at is null;
  end if;
  insert into site_config_history values (rule.*);
end $$;

create function site_config_keep_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  rule site_config_history := rule_of(new);
begin
  if tg_op = 'INSERT' then
    rule.from_at := least(rule.from_at, date_trunc('second', new.created_at));
    insert into site_config_history values (rule.*);
  else
    perform begin_rule(rule);
  end if;
  return null;
end $$;

create trigger site_config_keeps_history after insert or update on site_config
  for each row execute function site_config_keep_history();

create function cadence_keep_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform begin_rule(rule_of(c)) from site_config c where c.cadence = new.name;
  return null;
end $$;

create trigger cadence_keeps_history after update of seconds on cadence
  for each row when (old.seconds <> new.seconds) execute function cadence_keep_history();

-- Of the time before this table nothing better is known than how things are now.
insert into site_config_history
select (rule_of(c)).* from site_config c;
update site_config_history h set from_at = least(h.from_at, date_trunc('second', c.created_at))
from site_config c where c.id = h.site_id;

-- What is made of time that nobody saw, and of planned work.
create table accounting_policy (
  name text primary key,
  unknown_counts text not null,
  maintenance_counts text not null,
  description text not null,
  constraint unknown_counts_is_known check (unknown_counts in ('up', 'down', 'excluded')),
  constraint maintenance_counts_is_known check (maintenance_counts in ('as_measured', 'up', 'excluded'))
);

insert into accounting_policy (name, unknown_counts, maintenance_counts, description) values
  ('observed', 'excluded', 'as_measured', 'Only what was seen counts, planned or not.'),
  ('strict', 'down', 'as_measured', 'What was not seen counts as down.'),
  ('lenient', 'up', 'as_measured', 'What was not seen counts as up.'),
  ('contract', 'excluded', 'excluded', 'Only what was seen counts, and planned work does not.'),
  ('generous', 'up', 'up', 'What was not seen and planned work count as up, as Uptime Kuma counts.');

-- These are counted for every row and every site: each one expression, which the planner takes in, as it
-- does not with what depends on the session's time zone.
create function seconds_between(since timestamptz, until timestamptz) returns float8
  language sql immutable parallel safe return date_part('epoch', until - since);

create function seconds_of_each(spans tstzmultirange) returns float8
  language sql immutable parallel safe
  return (select sum(seconds_between(lower(span), upper(span))) from unnest(spans) as span);

create function seconds_of(spans tstzmultirange) returns float8
  language sql immutable parallel safe
  return case
    when isempty(spans) then 0
    -- One range, as almost always, needs no query.
    when spans = tstzmultirange(range_merge(spans)) then seconds_between(lower(spans), upper(spans))
    else seconds_of_each(spans) end;

-- How many slots a site of this phase has in [since, until) at a cadence: arithmetic, not a series.
create function slots_between(phase int, seconds int, since timestamptz, until timestamptz) returns bigint
  language sql immutable parallel safe
  return greatest(0, ceil((seconds_between('epoch', until) - phase) / seconds)
    - ceil((seconds_between('epoch', since) - phase) / seconds))::bigint;

-- Slots are whole seconds.
create function is_on_grid(phase int, seconds int, slot timestamptz) returns boolean
  language sql immutable parallel safe
  return (seconds_between('epoch', slot)::bigint - phase) % seconds = 0;

create function hour_of(instant timestamptz) returns timestamptz
  language sql immutable parallel safe return date_bin('1 hour', instant, 'epoch');
create function day_of(instant timestamptz) returns timestamptz
  language sql immutable parallel safe return date_bin('1 day', instant, 'epoch');
create function month_of(instant timestamptz) returns timestamptz
  language sql immutable parallel safe return date_trunc('month', instant at time zone 'UTC') at time zone 'UTC';
create function utc_date(instant timestamptz) returns date
  language sql immutable parallel safe return (instant at time zone 'UTC')::date;
create function midnight(day date) returns timestamptz
  language sql immutable parallel safe return day::timestamp at time zone 'UTC';

-- When a maintenance is, within [since, until). Again and again counts from its first day on or,
-- without one, from when it was planned: nobody's past changes by what is planned today.
create function maintenance_spans(planned maintenance, since timestamptz, until timestamptz)
  returns setof tstzrange
  language sql stable parallel safe as $$
  select tstzrange(planned.starts_at, planned.ends_at)
  where planned.starts_at < until and planned.ends_at > since
  union all
  select tstzrange(greatest(occurrence.starts_at, counted.from_at), occurrence.ends_at)
  from (select case when planned.first_day is null then planned.created_at else '-infinity' end as from_at) as counted
  cross join generate_series(
    (greatest(since, counted.from_at) at time zone planned.time_zone)::date - 2 - planned.duration_minutes / 1440,
    (until at time zone planned.time_zone)::date + 1, interval '1 day') as candidate (on_day)
  cross join lateral (
    select (on_day::date + planned.starts_local) at time zone planned.time_zone as starts_at,
      (on_day::date + planned.starts_local) at time zone planned.time_zone
        + make_interval(mins => planned.duration_minutes) as ends_at) as occurrence
  where (planned.weekdays is null or extract(isodow from on_day)::int = any (planned.weekdays))
    and (planned.month_days is null or extract(day from on_day)::int = any (planned.month_days))
    and on_day::date >= coalesce(planned.first_day, on_day::date) and on_day::date <= coalesce(planned.last_day, on_day::date)
    and occurrence.starts_at < until and occurrence.ends_at > greatest(since, counted.from_at);
$$;

-- What can be said of a stretch of time of a site. Up, down and unknown are that time, always, from the
-- second on that the site is there.
create type site_measures as (
  up_s float8,
  down_s float8,
  unknown_s float8,
  -- Of the unknown time: the site was paused or invalid.
  unwatched_s float8,
  unknown_in_outage_s float8,
  -- What of the watched time was planned work.
  maintenance_up_s float8,
  maintenance_down_s float8,
  maintenance_unknown_s float8,
  checks int,
  ups int,
  downs int,
  inconclusives int,
  -- Slots that were due, and those of them without a check.
  expected int,
  missed int,
  -- Checks measured against sla_ms, and those that kept it.
  sla_checks int,
  sla_met int
);

-- The list of these columns, each in a form: statements over all of them are made of it.
create function measures(form text) returns text
  language sql stable
  return (select string_agg(format(form, attname), ', ' order by attnum)
    from pg_attribute where attrelid = 'public.site_measures'::regclass and attnum > 0);

-- What raw rows say of [since, until), for these sites (null: all). A result is good for one cadence,
-- or until the next row of its site if that comes before; an inconclusive one for nothing. Of that,
-- what lies in an outage was down, and the rest was up.
create function account_raw(only_sites bigint[], since timestamptz, until timestamptz)
  returns table (site_id bigint, said site_measures)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  -- No cadence is longer than a day, so no older result says anything of the window.
  reach_since timestamptz := since - interval '1 day';
  until_now timestamptz := greatest(since, least(until, now()));
begin
  return query
  with rule as materialized (
    select h.site_id, h.from_at, coalesce(h.to_at, 'infinity') as to_at, h.seconds, site_phase(h.site_id, h.seconds) as phase,
      h.watched, h.tags
    from site_config_history h
    where (only_sites is null or h.site_id = any (only_sites))
      and h.from_at < until and coalesce(h.to_at, 'infinity') > reach_since
  ), reach as materialized (
    -- Nor does a result cover more than this before it, nor hide behind one that does.
    select r.site_id, since - max(r.seconds) * interval '1 second' as since,
      -- The rules have no gap: where none is older, the site was not there yet.
      greatest(since, least(until, min(r.from_at))) as born_at,
      coalesce(range_agg(tstzrange(r.from_at, r.to_at)) filter (where r.watched), '{}')
        * tstzmultirange(tstzrange(since, until_now)) as watched,
      coalesce(sum(slots_between(r.phase, r.seconds, greatest(r.from_at, since), least(r.to_at, until_now)))
        filter (where r.watched), 0)::int as expected
    from rule r group by r.site_id
  ), looked as (
    select r.site_id, r.seconds, r.phase, r.watched, p.slot, p.result, p.sla_met,
      least(lead(p.slot) over (partition by r.site_id order by p.slot), p.slot + r.seconds * interval '1 second')
        as covered_until
    from rule r
    join reach on reach.site_id = r.site_id
    cross join lateral (
      select s.slot, s.result, s.sla_met from ping_status s
      where s.site_id = r.site_id and s.slot >= greatest(r.from_at, reach.since) and s.slot < r.to_at
        and s.slot >= reach_since and s.slot < until
      -- Site by site, for their rows are next to one another in the index: never a whole day of everybody's.
      offset 0
    ) as p
  ), seen as (
    select l.site_id,
      range_agg(tstzrange(l.slot, l.covered_until)) filter (where l.result <> 'inconclusive') as covered,
      count(*) filter (where l.slot >= since)::int as checks,
      count(*) filter (where l.slot >= since and l.result = 'up')::int as ups,
      count(*) filter (where l.slot >= since and l.result = 'down')::int as downs,
      count(*) filter (where l.slot >= since and l.result = 'inconclusive')::int as inconclusives,
      count(*) filter (where l.slot >= since and l.watched and is_on_grid(l.phase, l.seconds, l.slot))::int as made,
      count(l.sla_met) filter (where l.slot >= since)::int as sla_checks,
      count(*) filter (where l.slot >= since and l.sla_met)::int as sla_met
    from looked l group by l.site_id
  ), failed as (
    select o.site_id,
      range_agg(tstzrange(o.started_at, greatest(o.started_at, least(coalesce(o.ended_at, 'infinity'), now())))) as spans
    from outages o
    where (only_sites is null or o.site_id = any (only_sites))
      and o.started_at < until and coalesce(o.ended_at, 'infinity') > since
    group by o.site_id
  ), planned as (
    select r.site_id, range_agg(span * tstzrange(r.from_at, r.to_at)) as spans
    from maintenance m
    cross join maintenance_spans(m, since, until) as span
    join rule r on span && tstzrange(r.from_at, r.to_at)
      and ((m.site_ids = '{}' and m.tags = '{}') or r.site_id = any (m.site_ids) or m.tags && r.tags)
    group by r.site_id
  ), sets as materialized (
    select reach.site_id, reach.born_at, reach.expected, seen.checks, seen.ups, seen.downs, seen.inconclusives, seen.made,
      seen.sla_checks, seen.sla_met, reach.watched, coalesce(seen.covered * reach.watched, '{}') as observed,
      failed.spans * tstzmultirange(tstzrange(reach.born_at, until)) as failed, planned.spans as planned
    from reach
    left join seen on seen.site_id = reach.site_id
    left join failed on failed.site_id = reach.site_id
    left join planned on planned.site_id = reach.site_id
  ), measured as materialized (
    select s.*, seconds_of(s.observed) as observed_s, seconds_of(s.watched) as watched_s,
      case when s.failed is null then 0 else seconds_of(s.observed * s.failed) end as down_s,
      case when s.planned is null then 0 else seconds_of(s.observed * s.planned) end as planned_s,
      case when s.failed is null or s.planned is null then 0
        else seconds_of(s.observed * s.planned * s.failed) end as planned_down_s
    from sets s
  )
  select m.site_id, row(m.observed_s - m.down_s, m.down_s, seconds_between(m.born_at, until) - m.observed_s,
    seconds_between(m.born_at, greatest(m.born_at, until_now)) - m.watched_s,
    case when m.failed is null then 0 else seconds_of(m.failed) - m.down_s end,
    m.planned_s - m.planned_down_s, m.planned_down_s,
    case when m.planned is null then 0 else seconds_of(m.watched * m.planned) - m.planned_s end,
    coalesce(m.checks, 0), coalesce(m.ups, 0), coalesce(m.downs, 0), coalesce(m.inconclusives, 0),
    m.expected, m.expected - coalesce(m.made, 0), coalesce(m.sla_checks, 0), coalesce(m.sla_met, 0))::site_measures
  from measured m;
end $$;

-- The same, kept: by hour (in partitions of a month), day (of a year) and month, in UTC. A row holds
-- what is rolled up of its time so far. A site that was not there has none.
create table site_hours (
  site_id bigint not null, hour timestamptz not null, like site_measures, primary key (site_id, hour)
) partition by range (hour);

create table site_days (
  site_id bigint not null, day date not null, like site_measures, primary key (site_id, day)
) partition by range (day);

create table site_months (
  site_id bigint not null, month date not null, like site_measures, primary key (site_id, month)
) with (fillfactor = 50);

-- All sites over a stretch of time: the rows lie in its order.
create index site_hours_by_time on site_hours (hour);
create index site_days_by_time on site_days (day);
create index site_months_by_time on site_months (month);

-- Durations in buckets, each a tenth wider than the one before: bucket n has those above 1.1^(n-1) ms
-- up to 1.1^n ms, so that its middle is at most 5 % from any of them.
create type histogram as (checks int, sum_ms float8, max_ms float8, buckets smallint[], counts int[]);

create function bucket_of(ms float8) returns smallint
  language sql immutable parallel safe return ceil(ln(greatest(ms, 0.01)) / ln(1.1))::smallint;
create function bucket_middle_ms(bucket smallint) returns float8
  language sql immutable parallel safe return 2 * power(1.1::float8, bucket) / 2.1;

-- The latency of sites by hour and day: of the results that are not inconclusive, those that got as
-- far as a phase. The phases within a check have their buckets by day alone. late: from a slot to the start of its check.
create table site_latency_hours (
  site_id bigint not null, hour timestamptz not null, total histogram, late histogram,
  dns histogram, connect histogram, tls histogram, ttfb histogram, primary key (site_id, hour)
) partition by range (hour);

create table site_latency_days (
  site_id bigint not null, day date not null, total histogram, late histogram,
  dns histogram, connect histogram, tls histogram, ttfb histogram, primary key (site_id, day)
) partition by range (day);

create index site_latency_hours_by_time on site_latency_hours (hour);
create index site_latency_days_by_time on site_latency_days (day);

-- How far they have come.
create table rollup_hand (
  only_row boolean primary key default true,
  -- Hours, days and months hold everything before this.
  rolled_to timestamptz not null,
  -- Whoever changes anything before this marks it as dirty. Ahead of rolled_to while the time between
  -- is being rolled up.
  closing_to timestamptz not null,
  -- Latency is rolled up by whole hours and days, some sites at a time: the hour and the day whose turn
  -- it is, and the last site of each that is done.
  latency_hour timestamptz not null,
  latency_hour_site bigint not null default 0,
  latency_day date not null,
  latency_day_site bigint not null default 0,
  constraint one_hand check (only_row),
  constraint closing_comes_first check (closing_to >= rolled_to)
);

-- What changed after it was rolled up.
create table rollup_dirty (
  id bigint generated always as identity primary key,
  -- Null: all sites.
  site_id bigint,
  from_at timestamptz not null,
  to_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

-- The first instant that a partition of the raw rows is there for.
create function raw_kept_from() returns timestamptz
  language sql stable set search_path = public, pg_temp
  return (select midnight(to_date(substring(min(c.relname) from '\d{8}$'), 'YYYYMMDD'))
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'ping_status'::regclass and c.relname ~ '^ping_status_\d{8}$');

-- From the first site on, as far back as there are rows. What comes in of the time before is dirty.
insert into rollup_hand (rolled_to, closing_to, latency_hour, latency_day)
select hour_of(first.at), hour_of(first.at), hour_of(first.at), utc_date(first.at)
from (select least(now(), greatest(raw_kept_from(), (select min(created_at) from site_config))) as at) as first;

-- Makes a partition of a table unless it is there. One caller at a time.
create function make_partition(parent text, partition text, since text, until text, options text) returns int
  language plpgsql set search_path = public, pg_temp as $$
begin
  if to_regclass('public.' || quote_ident(partition)) is not null then
    return 0;
  end if;
  execute format('create table public.%I partition of public.%I for values from (%L) to (%L) with (%s)',
    partition, parent, since, until, options);
  return 1;
end $$;

-- Makes the partitions of the rollups of a window of days that are not there yet: months of hours,
-- years of days.
create function make_rollup_partitions(from_day date, to_day date) returns int
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  options text := 'autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1';
  -- Rows of the time that is under way change every five minutes, and stay on their page. Latency is written once.
  changing text := 'fillfactor = 50, ' || options;
  part timestamptz;
  rollup text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('make_rollup_partitions'));
  for part in select generate_series(month_of(midnight(from_day)), midnight(to_day), interval '1 month') loop
    foreach rollup in array array['site_hours', 'site_latency_hours'] loop
      made := made + make_partition(rollup, rollup || to_char(part, '_YYYYMM'),
        part::text, (part + interval '1 month')::text, case rollup when 'site_hours' then changing else options end);
    end loop;
  end loop;
  for part in select generate_series(date_trunc('year', midnight(from_day)), midnight(to_day), interval '1 year') loop
    foreach rollup in array array['site_days', 'site_latency_days'] loop
      made := made + make_partition(rollup, rollup || to_char(part, '_YYYY'),
        utc_date(part)::text, utc_date(part + interval '1 year')::text,
        case rollup when 'site_days' then changing else options end);
    end loop;
  end loop;
  return made;
end $$;

-- Announces how far to roll up next: to a mark of five minutes that results can be expected to be
-- recorded of, within the hour. Far behind, a quarter of an hour at once. Null: nothing is due, or
-- another is at it. From its commit on, what changes before that marks itself.
create function announce_rollup() returns timestamptz
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  hand rollup_hand;
  settled timestamptz := date_bin('5 minutes', now() - interval '75 seconds', 'epoch');
begin
  select * into hand from rollup_hand for update skip locked;
  if not found then
    return null;
  end if;
  -- Announced before, by one that did not come to its end.
  if hand.closing_to > hand.rolled_to then
    return hand.closing_to;
  end if;
  if settled <= hand.rolled_to then
    return null;
  end if;
  update rollup_hand
  set closing_to = least(settled, hand.rolled_to + interval '15 minutes', hour_of(hand.rolled_to) + interval '1 hour')
  returning closing_to into settled;
  return settled;
end $$;

-- Rolls up to what was announced. Only right once every transaction is over that was under way when
-- the announcement was committed: such a one may have read that its rows come in time.
create function roll_up_to(announced timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp
  set jit = off as $$
declare
  hand rollup_hand;
  add text := measures('%1$I = coalesce(t.%1$I, 0) + excluded.%1$I');
  columns text := measures('%I');
begin
  select * into hand from rollup_hand for update skip locked;
  if not found or hand.closing_to <> announced or hand.rolled_to >= announced then
    return false;
  end if;
  perform make_rollup_partitions(utc_date(hand.rolled_to), utc_date(announced));
  execute format('
    with chunk as materialized (select site_id, (said).* from account_raw(null, $1, $2)
    ), hours as (
      insert into site_hours as t (site_id, hour, %1$s) select site_id, hour_of($1), %1$s from chunk
      on conflict (site_id, hour) do update set %2$s
    ), days as (
      insert into site_days as t (site_id, day, %1$s) select site_id, utc_date($1), %1$s from chunk
      on conflict (site_id, day) do update set %2$s
    )
    insert into site_months as t (site_id, month, %1$s) select site_id, utc_date(month_of($1)), %1$s from chunk
    on conflict (site_id, month) do update set %2$s', columns, add)
  using hand.rolled_to, announced;
  update rollup_hand set rolled_to = announced;
  return true;
end $$;

-- The durations of raw rows of [since, until), as histograms: of all phases, or of total and late alone.
create function latency_raw(only_sites bigint[], since timestamptz, until timestamptz, all_phases boolean)
  returns table (site_id bigint, phase text, said histogram)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  phases constant text[] := array['total', 'late', 'dns', 'connect', 'tls', 'ttfb'];
  last_phase int := case when all_phases then 6 else 2 end;
begin
  return query
  with measured as (
    select p.site_id, generate_series(1, last_phase) as phase, unnest(p.phase_ms[1:last_phase]) as ms
    from (select c.id from site_config c where only_sites is null or c.id = any (only_sites)) as c
    cross join lateral (
      select r.site_id, array[
        case when r.result <> 'inconclusive' then r.latency_ms end,
        case when r.occasion = 'slot' then greatest(0, seconds_between(r.slot, r.checked_at) * 1000) end,
        case when r.result <> 'inconclusive' then r.dns_ms end,
        case when r.result <> 'inconclusive' then r.connect_ms end,
        case when r.result <> 'inconclusive' then r.tls_ms end,
        case when r.result <> 'inconclusive' then r.ttfb_ms end] as phase_ms
      from ping_status r where r.site_id = c.id and r.slot >= since and r.slot < until offset 0
    ) as p
  ), counted as (
    select m.site_id, m.phase, bucket_of(m.ms) as bucket, count(*)::int as checks, sum(m.ms) as sum_ms, max(m.ms) as max_ms
    from measured m where m.ms is not null
    group by m.site_id, m.phase, bucket
  )
  select c.site_id, phases[c.phase], row(sum(c.checks), sum(c.sum_ms), max(c.max_ms),
    array_agg(c.bucket order by c.bucket), array_agg(c.checks order by c.bucket))::histogram
  from counted c group by c.site_id, c.phase;
end $$;

-- Writes down the latency of an hour or a day of these sites, in place of what is there.
create function keep_latency(sites bigint[], level text, since timestamptz) returns void
  language plpgsql set search_path = public, pg_temp as $$
declare
  until timestamptz := since + ('1 ' || level)::interval;
  place text := 'site_latency_' || level || 's';
  key text := case level when 'day' then 'utc_date($2)' else '$2' end;
  whole text := '(array_agg(said) filter (where phase = %L))[1]';
  -- An hour has the buckets of whole checks alone.
  part text := case level when 'day' then whole else
    '(array_agg(row((said).checks, (said).sum_ms, (said).max_ms, null, null)::histogram) filter (where phase = %L))[1]' end;
begin
  perform make_rollup_partitions(utc_date(since), utc_date(since));
  execute format('delete from %I where site_id = any ($1) and %I = %s', place, level, key) using sites, since;
  execute format('insert into %I (site_id, %I, total, late, dns, connect, tls, ttfb) select site_id, %s, %s from latency_raw($1, $2, $3, true) group by site_id',
    place, level, key, format(concat_ws(', ', whole, whole, part, part, part, part), 'total', 'late', 'dns', 'connect', 'tls', 'ttfb'))
  using sites, since, until;
end $$;

-- Rolls up the latency of the next sites of the hour or, with that done, the day whose turn it is.
-- Answers of how many; null: nothing is due, or another is at it.
create function roll_up_latency(sites_at_once int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  hand rollup_hand;
  sites bigint[];
begin
  select * into hand from rollup_hand for update skip locked;
  if not found then
    return null;
  end if;
  if hand.latency_hour + interval '1 hour' <= hand.rolled_to then
    sites := array(select id from site_config where id > hand.latency_hour_site order by id limit sites_at_once);
    if sites = '{}' then
      update rollup_hand set latency_hour = latency_hour + interval '1 hour', latency_hour_site = 0;
    else
      perform keep_latency(sites, 'hour', hand.latency_hour);
      update rollup_hand set latency_hour_site = sites[cardinality(sites)];
    end if;
  elsif midnight(hand.latency_day + 1) <= hand.rolled_to then
    -- A day has as many rows as 24 hours.
    sites := array(select id from site_config where id > hand.latency_day_site order by id limit greatest(1, sites_at_once / 24));
    if sites = '{}' then
      update rollup_hand set latency_day = latency_day + 1, latency_day_site = 0;
    else
      perform keep_latency(sites, 'day', midnight(hand.latency_day));
      update rollup_hand set latency_day_site = sites[cardinality(sites)];
    end if;
  else
    return null;
  end if;
  return cardinality(sites);
end $$;

-- Counts these hours of these sites again, from raw rows, and their days and months. Hours whose raw
-- rows are gone, or that are not rolled up yet, stay as they are.
create function recount(sites bigint[], hours timestamptz[]) returns int
  language plpgsql security definer set search_path = public, pg_temp
  set jit = off as $$
declare
  rolled timestamptz := (select rolled_to from rollup_hand);
  columns text := measures('%I');
  first timestamptz;
  last timestamptz;
begin
  select array_agg(pair.site_id), array_agg(pair.hour), min(pair.hour), max(pair.hour) into sites, hours, first, last
  from (select distinct site_id, hour from unnest(sites, hours) as given (site_id, hour)) as pair
  where pair.hour >= raw_kept_from() and pair.hour < rolled;
  if sites is null then
    return 0;
  end if;
  perform make_rollup_partitions(utc_date(first), utc_date(last));
  -- Taken out first: a site that turned out not to have been there has nothing to put in their place.
  delete from site_hours t using unnest(sites, hours) as pair (site_id, hour)
  where t.site_id = pair.site_id and t.hour = pair.hour;
  delete from site_days t using (select distinct site_id, utc_date(hour) as day from unnest(sites, hours) as pair (site_id, hour)) as d
  where t.site_id = d.site_id and t.day = d.day;
  delete from site_months t using (
    select distinct site_id, utc_date(month_of(hour)) as month from unnest(sites, hours) as pair (site_id, hour)) as m
  where t.site_id = m.site_id and t.month = m.month;
  execute format('
    insert into site_hours (site_id, hour, %1$s)
    select a.site_id, r.hour, %2$s
    from (select hour, array_agg(site_id) as sites from unnest($1, $2) as pair (site_id, hour) group by hour) as r
    cross join lateral account_raw(r.sites, r.hour, least(r.hour + interval ''1 hour'', $3)) as a',
    columns, measures('(a.said).%I'))
  using sites, hours, rolled;
  execute format('
    insert into site_days (site_id, day, %1$s)
    select h.site_id, d.day, %2$s
    from (select distinct site_id, utc_date(hour) as day from unnest($1, $2) as pair (site_id, hour)) as d
    join site_hours h on h.site_id = d.site_id and h.hour >= midnight(d.day) and h.hour < midnight(d.day + 1)
    group by h.site_id, d.day', columns, measures('sum(%I)'))
  using sites, hours;
  execute format('
    insert into site_months (site_id, month, %1$s)
    select d.site_id, m.month, %2$s
    from (select distinct site_id, utc_date(month_of(hour)) as month from unnest($1, $2) as pair (site_id, hour)) as m
    join site_days d on d.site_id = m.site_id and d.day >= m.month and d.day < m.month + interval ''1 month''
    group by d.site_id, m.month', columns, measures('sum(%I)'))
  using sites, hours;
  -- What is not whole yet comes in its turn.
  perform keep_latency(array_agg(pair.site_id), 'hour', pair.hour)
  from unnest(sites, hours) as pair (site_id, hour) where pair.hour + interval '1 hour' <= rolled group by pair.hour;
  perform keep_latency(array_agg(d.site_id), 'day', midnight(d.day))
  from (select distinct site_id, utc_date(hour) as day from unnest(sites, hours) as pair (site_id, hour)) as d
  where midnight(d.day + 1) <= rolled group by d.day;
  return cardinality(sites);
end $$;

-- Counts again what was marked as dirty, oldest marks first, at most about as many hours of sites.
-- Answers how many; null: another is at it.
create function recount_dirty(most int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  sites bigint[];
  hours timestamptz[];
  marks bigint[];
begin
  perform from rollup_hand for update skip locked;
  if not found then
    return null;
  end if;
  -- A mark of all sites becomes one of each.
  with common as (
    delete from rollup_dirty d where d.id = (select min(c.id) from rollup_dirty c where c.site_id is null) returning *
  )
  insert into rollup_dirty (site_id, from_at, to_at) select c.id, common.from_at, common.to_at from common, site_config c;
  select array_agg(d.id) into marks from (
    select m.id, sum(1 + ceil(seconds_between(m.from_at, m.to_at) / 3600)) over (order by m.id) as hours_so_far
    from (select * from rollup_dirty where site_id is not null order by id limit most) as m) as d
  where d.hours_so_far <= most or d.id = (select min(o.id) from rollup_dirty o where o.site_id is not null);
  select array_agg(d.site_id), array_agg(h.hour) into sites, hours
  from rollup_dirty d
  cross join lateral generate_series(hour_of(greatest(d.from_at, raw_kept_from())),
    least(d.to_at, (select rolled_to from rollup_hand)), interval '1 hour') as h (hour)
  where d.id = any (marks) and h.hour < d.to_at;
  delete from rollup_dirty d where d.id = any (marks);
  return recount(sites, hours);
end $$;

-- Counts everything of a window again, from raw rows: after rows were written past the triggers. By days,
-- and some sites at a time, but all in one transaction.
create function rebuild_rollups(since timestamptz, until timestamptz) returns bigint
  language plpgsql set search_path = public, pg_temp as $$
declare
  hand rollup_hand;
  day timestamptz;
  sites bigint[];
  counted bigint := 0;
begin
  select * into hand from rollup_hand for update;
  for day in
    select generate_series(day_of(greatest(since, raw_kept_from())), least(until, hand.rolled_to) - interval '1 microsecond', '1 day')
  loop
    for sites in
      select array_agg(c.id) from (select id, row_number() over (order by id) as place from site_config) as c
      group by c.place / 500 order by c.place / 500
    loop
      counted := counted + (
        select recount(array_agg(s.id), array_agg(h.hour)) from unnest(sites) as s (id)
        cross join generate_series(greatest(day, hour_of(since)), least(day + interval '23 hours', until - interval '1 microsecond'), '1 hour')
          as h (hour));
    end loop;
  end loop;
  return counted;
end $$;

-- Marks what changed of the time that is rolled up, or about to be. One whose transaction reads as of
-- its beginning cannot know how far that is: it marks whatever it changes.
create function closing_line() returns timestamptz
  language sql volatile
  return case when current_setting('transaction_isolation') = 'read committed'
    then (select closing_to from rollup_hand) else 'infinity' end;

-- A result says something of its time until one cadence later, whoever came before it.
create function ping_status_mark_dirty() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  line timestamptz := closing_line();
begin
  if (select min(slot) from changed) < line then
    insert into rollup_dirty (site_id, from_at, to_at)
    select c.site_id, min(c.slot), max(c.slot) + (
      select coalesce(max(h.seconds), 0) * interval '1 second' + interval '1 second' from site_config_history h
      where h.site_id = c.site_id and coalesce(h.to_at, 'infinity') > min(c.slot) - interval '1 day')
    from changed c where c.slot < line
    group by c.site_id, hour_of(c.slot);
  end if;
  return null;
end $$;

create trigger ping_status_marks_what_is_late after insert on ping_status
  referencing new table as changed for each statement execute function ping_status_mark_dirty();
create trigger ping_status_marks_what_is_taken_back after update on ping_status
  referencing new table as changed for each statement execute function ping_status_mark_dirty();

-- Of a stretch of time that was and one that is, what only one of them has.
create function mark_difference(site bigint, was tstzrange, is_now tstzrange) returns void
  language sql security definer set search_path = public, pg_temp as $$
  insert into rollup_dirty (site_id, from_at, to_at)
  select site, lower(span), least(upper(span), now())
  from unnest((tstzmultirange(was) + tstzmultirange(is_now)) - (tstzmultirange(was) * tstzmultirange(is_now))) as span
  where lower(span) < closing_line() and lower(span) < now();
$$;

create function outages_mark_dirty() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was tstzrange := case when tg_op <> 'INSERT' then tstzrange(old.started_at, old.ended_at) else 'empty' end;
  is_now tstzrange := case when tg_op <> 'DELETE' then tstzrange(new.started_at, new.ended_at) else 'empty' end;
begin
  perform mark_difference(coalesce(new.site_id, old.site_id), was, is_now);
  return null;
end $$;

create trigger outages_mark_what_they_change after insert or delete or update of started_at, ended_at on outages
  for each row execute function outages_mark_dirty();

create function site_config_history_mark_dirty() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was tstzrange := case when tg_op <> 'INSERT' then tstzrange(old.from_at, old.to_at) else 'empty' end;
  is_now tstzrange := case when tg_op <> 'DELETE' then tstzrange(new.from_at, new.to_at) else 'empty' end;
begin
  -- As almost every rule begins: nothing is closed that is as young as this, see announce_rollup.
  if tg_op = 'INSERT' and new.from_at > clock_timestamp() - interval '1 minute' then
    return null;
  end if;
  if tg_op = 'UPDATE' and (old.seconds, old.watched, old.tags) is distinct from (new.seconds, new.watched, new.tags) then
    perform mark_difference(old.site_id, was, 'empty'), mark_difference(old.site_id, 'empty', is_now);
  else
    perform mark_difference(coalesce(new.site_id, old.site_id), was, is_now);
  end if;
  return null;
end $$;

create trigger site_config_history_marks_what_it_changes after insert or delete or update on site_config_history
  for each row execute function site_config_history_mark_dirty();

-- The occurrences that are over, before and after the change: of the sites named alone, else of all.
create function maintenance_mark_dirty() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  line timestamptz := least(closing_line(), now());
  planned maintenance;
begin
  foreach planned in array array_remove(array[
    case when tg_op <> 'INSERT' then old end, case when tg_op <> 'DELETE' then new end], null)
  loop
    insert into rollup_dirty (site_id, from_at, to_at)
    select site.id, lower(span), least(upper(span), now())
    from maintenance_spans(planned, raw_kept_from(), line) as span
    cross join unnest(case when planned.tags = '{}' and planned.site_ids <> '{}' then planned.site_ids
      else array[null]::bigint[] end) as site (id);
  end loop;
  return null;
end $$;

create trigger maintenance_marks_what_it_changes after insert or delete or update of
  site_ids, tags, starts_at, ends_at, starts_local, duration_minutes, time_zone, weekdays, month_days, first_day, last_day
  on maintenance for each row execute function maintenance_mark_dirty();

-- The hours within [since, until) that are marked and not counted again yet. So many marks as after
-- the load of a long history are left to the rollups: to read all that would take too long.
create function dirty_spans(only_sites bigint[], since timestamptz, until timestamptz)
  returns table (site_id bigint, from_at timestamptz, to_at timestamptz)
  language sql stable set jit = off as $$
  with marked as (
    select d.site_id, d.from_at, d.to_at from rollup_dirty d
    where d.from_at < until and d.to_at > since and (only_sites is null or d.site_id = any (only_sites))
    union all
    select c.id, d.from_at, d.to_at from rollup_dirty d cross join site_config c
    where d.site_id is null and d.from_at < until and d.to_at > since and (only_sites is null or c.id = any (only_sites))
  ), spans as (
    select m.site_id, unnest(
      range_agg(tstzrange(hour_of(m.from_at), hour_of(m.to_at + interval '1 hour - 1 microsecond')))
        * tstzmultirange(tstzrange(greatest(since, raw_kept_from()), greatest(since, until, raw_kept_from())))) as span
    from marked m group by m.site_id
  ), measured as (
    select s.*, sum(seconds_between(lower(s.span), upper(s.span))) over () / 3600 as hours from spans s
  )
  select m.site_id, lower(m.span), upper(m.span) from measured m where m.hours < 50000;
$$;

-- What is kept of a part of one day that is rolled up. Where a site's day or hour is the same throughout,
-- so is every part of it: what it is made of need not be read, nor be there any more. What is only counted
-- (checks, slots) cannot be told by that: with `counts`, it is read all the same. Where rows are
-- needed that are gone, that part is unknown. Sites with marks are told by raw rows.
create function account_part_of_day(only_sites bigint[], dirty bigint[], since timestamptz, until timestamptz, counts boolean)
  returns table (site_id bigint, share float8, said site_measures)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan set timezone = 'UTC' as $$
#variable_conflict use_column
declare
  on_day date := utc_date(since);
  hand timestamptz := (select h.rolled_to from rollup_hand h);
  day_s float8 := seconds_between(midnight(on_day), least(midnight(on_day + 1), hand));
begin
  return query execute format('
  with day as materialized (
    select d.site_id, not $4 and array[d.up_s, d.down_s, d.unknown_in_outage_s, d.maintenance_up_s, d.maintenance_down_s,
        d.maintenance_unknown_s] <@ array[0, $6] as is_uniform, row(%1$s)::site_measures as said
    from site_days d where d.day = $5 and ($1 is null or d.site_id = any ($1)) and d.site_id <> all ($9)
  ), hour as materialized (
    select h.site_id, part.from_at, part.to_at, seconds_between(part.from_at, part.to_at) / part.hour_s as share,
      not $4 and array[h.up_s, h.down_s, h.unknown_in_outage_s, h.maintenance_up_s, h.maintenance_down_s,
        h.maintenance_unknown_s] <@ array[0, part.hour_s] as is_uniform, row(%2$s)::site_measures as said
    from day
    join site_hours h on h.site_id = day.site_id and h.hour >= $7 and h.hour < $3
    cross join lateral (
      select greatest(h.hour, $2) as from_at, least(h.hour + interval ''1 hour'', $3) as to_at,
        seconds_between(h.hour, least(h.hour + interval ''1 hour'', $8)) as hour_s) as part
    where not day.is_uniform
  ), raw as (
    select from_at, to_at, array_agg(site_id) as sites from hour where not is_uniform and share < 1 group by from_at, to_at
    union all
    select $2, $3, $9 where $9 <> ''{}''
  )
  select site_id, seconds_between($2, $3) / $6, said from day where is_uniform
  union all
  select site_id, share, said from hour where is_uniform or share = 1
  union all
  select a.site_id, 1, a.said from raw cross join lateral account_raw(raw.sites, raw.from_at, raw.to_at) as a',
    measures('d.%I'), measures('h.%I'))
  using only_sites, since, until, counts, on_day, day_s, hour_of(since), hand, dirty;
end $$;

-- What is known of [since, until), for these sites (null: all): whole months, days and hours as they are
-- kept, and the rest from raw rows. Hours that are marked are taken out of what is kept, and read again.
-- What is only counted is told with `counts` alone.
create function account(only_sites bigint[], since timestamptz, until timestamptz, counts boolean default false)
  returns table (site_id bigint, said site_measures)
  language plpgsql stable set jit = off set plan_cache_mode = force_custom_plan set timezone = 'UTC' as $$
#variable_conflict use_column
declare
  hand timestamptz := (select h.rolled_to from rollup_hand h);
  rolled timestamptz := least(until, hand);
  -- The rows of the hand's own day and month end with it: a window that reaches it has the whole of them.
  day_step interval := case when until >= hand then interval '1 day - 1 microsecond' else '0' end;
  month_step interval := case when until >= hand then interval '1 month - 1 microsecond' else '0' end;
  first_day timestamptz := day_of(since + interval '1 day - 1 microsecond');
  end_day timestamptz := day_of(rolled + day_step);
  first_month timestamptz := month_of(since + interval '1 month - 1 microsecond');
  end_month timestamptz := month_of(rolled + month_step);
  dirty_sites bigint[];
  dirty_from timestamptz[];
  dirty_to timestamptz[];
begin
  if since >= hand then
    return query select a.site_id, a.said from account_raw(only_sites, since, until) a;
    return;
  end if;
  if first_month >= end_month then
    first_month := greatest(first_day, end_day);
    end_month := first_month;
  end if;
  select coalesce(array_agg(d.site_id), '{}'), array_agg(d.from_at), array_agg(d.to_at)
  into dirty_sites, dirty_from, dirty_to from dirty_spans(only_sites, since, rolled) d;
  return query execute format('
  with marked as (
    select site_id, greatest(from_at, $8) as from_at, least(to_at, $10, $9) as to_at
    from unnest($12, $13, $14) as d (site_id, from_at, to_at) where from_at < least($10, $9) and to_at > $8
  ), known as (
    select m.site_id, 1::float8 as share, %1$s from site_months m
    where m.month >= $4 and m.month < $5 and ($1 is null or m.site_id = any ($1))
    union all
    select d.site_id, 1, %2$s from site_days d
    where d.day >= $6 and d.day < least($4, $7) and ($1 is null or d.site_id = any ($1))
    union all
    select d.site_id, 1, %2$s from site_days d
    where d.day >= $5 and d.day < $7 and ($1 is null or d.site_id = any ($1))
    union all
    select h.site_id, -1, %5$s from marked m
    join site_hours h on h.site_id = m.site_id and h.hour >= m.from_at and h.hour < m.to_at
    union all
    select a.site_id, 1, (a.said).*
    from (select from_at, to_at, array_agg(site_id) as sites from marked group by from_at, to_at) as m
    cross join lateral account_raw(m.sites, m.from_at, m.to_at) as a
    union all
    select p.site_id, p.share, (p.said).* from account_part_of_day($1, $12, $2, least($8, $9), $3) p where $2 < $8
    union all
    select p.site_id, p.share, (p.said).* from account_part_of_day($1, $12, $10, $9, $3) p where $10 >= $8 and $10 < $9
    union all
    select a.site_id, 1, (a.said).* from account_raw($1, $9, $11) a where $9 < $11
  )
  select site_id, row(%3$s, %4$s)::site_measures from known group by site_id',
    measures('m.%I'), measures('d.%I'),
    regexp_replace(measures('sum(share * %I)'), ', sum\(share \* checks\).*', ''),
    regexp_replace(measures('case when $3 then sum(share * %I) end'), '^.*(?=case when \$3 then sum\(share \* checks\))', ''),
    measures('h.%I'))
  using only_sites, since, counts, utc_date(first_month), utc_date(end_month), utc_date(first_day), utc_date(end_day),
    first_day, rolled, end_day, until, dirty_sites, dirty_from, dirty_to;
end $$;

-- Drops the partitions that end so many days ago (0: never): of raw rows, of hours and of days. None of
-- raw rows that are not rolled up, or are to be counted again. Answers which; one that somebody
-- reads is left for the next time.
create function drop_old_partitions(raw_days int, hour_days int, day_days int) returns setof text
  language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' set timezone = 'UTC' as $$
declare
  old record;
  -- What was recorded is not thrown away for a slip of the pen.
  least_days constant int := 8;
begin
  if least_days > least(raw_days, nullif(hour_days, 0), nullif(day_days, 0)) then
    raise exception 'days: fewer than % are kept of something', least_days using errcode = 'invalid_parameter_value';
  end if;
  for old in
    select part.name, part.is_raw from (
      select c.relname as name, p.relname = 'ping_status' as is_raw,
        case p.relname when 'ping_status' then raw_days when 'site_hours' then hour_days
          when 'site_latency_hours' then hour_days else day_days end as days,
        case length(suffix) when 8 then midnight(to_date(suffix, 'YYYYMMDD')) + interval '1 day'
          when 6 then midnight(to_date(suffix, 'YYYYMM')) + interval '1 month'
          else midnight(to_date(suffix, 'YYYY')) + interval '1 year' end as ends_at
      from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
      cross join lateral substring(c.relname from '\d+$') as suffix
      where p.relnamespace = 'public'::regnamespace
        and p.relname in ('ping_status', 'site_hours', 'site_latency_hours', 'site_days', 'site_latency_days')
    ) as part cross join rollup_hand h
    where part.days > 0 and part.ends_at <= now() - part.days * interval '1 day'
      and (not part.is_raw or (part.ends_at <= h.latency_hour and utc_date(part.ends_at) <= h.latency_day
        and not exists (select from rollup_dirty d where d.from_at < part.ends_at)))
    order by part.ends_at
  loop
    begin
      execute format('drop table public.%I', old.name);
      return next old.name;
    exception when lock_not_available then
      return;
    end;
  end loop;
end $$;

grant select on site_config_history, accounting_policy, site_hours, site_days, site_months, site_latency_hours, site_latency_days,
  rollup_hand, rollup_dirty to uptick_reader, uptick_web;
revoke execute on function make_partition, make_rollup_partitions, announce_rollup, roll_up_to, keep_latency, roll_up_latency,
  recount, recount_dirty, rebuild_rollups, drop_old_partitions, mark_difference, begin_rule from public;
grant execute on function make_rollup_partitions, announce_rollup, roll_up_to, roll_up_latency, recount_dirty,
  drop_old_partitions to uptick_scheduler;
