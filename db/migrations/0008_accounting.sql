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
  end if;
  perform begin_rule(rule);
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

create function seconds_between(since timestamptz, until timestamptz) returns float8
  language sql immutable parallel safe
  return extract(epoch from until - since)::float8;

create function seconds_of(spans tstzmultirange) returns float8
  language sql immutable parallel safe
  return (select coalesce(sum(extract(epoch from upper(span) - lower(span))), 0)::float8 from unnest(spans) as span);

-- How many slots a site has in [since, until) at a cadence: arithmetic, not a series.
create function slots_within(site_id bigint, seconds int, since timestamptz, until timestamptz) returns bigint
  language sql immutable parallel safe
  return greatest(0,
    ceil((extract(epoch from until) - site_phase(site_id, seconds)) / seconds)
      - ceil((extract(epoch from since) - site_phase(site_id, seconds)) / seconds))::bigint;

-- Slots are whole seconds.
create function is_on_grid(site_id bigint, seconds int, slot timestamptz) returns boolean
  language sql immutable parallel safe
  return (extract(epoch from slot)::bigint - site_phase(site_id, seconds)) % seconds = 0;

-- When a maintenance is, within [since, until). Again and again counts from its first day on or,
-- without one, from when it was planned: nobody's past changes by what is planned today.
create function maintenance_spans(planned maintenance, since timestamptz, until timestamptz)
  returns setof tstzrange
  language sql stable parallel safe as $$
  select tstzrange(planned.starts_at, planned.ends_at)
  where planned.starts_at < until and planned.ends_at > since
  union all
  select tstzrange(occurrence.starts_at, occurrence.ends_at)
  from generate_series(
    greatest((since at time zone planned.time_zone)::date - 2 - planned.duration_minutes / 1440,
      coalesce(planned.first_day, (planned.created_at at time zone planned.time_zone)::date - 1)),
    least((until at time zone planned.time_zone)::date + 1, planned.last_day), interval '1 day') as candidate (on_day)
  cross join lateral (
    select (on_day::date + planned.starts_local) at time zone planned.time_zone as starts_at,
      (on_day::date + planned.starts_local) at time zone planned.time_zone
        + make_interval(mins => planned.duration_minutes) as ends_at) as occurrence
  where (planned.weekdays is null or extract(isodow from on_day)::int = any (planned.weekdays))
    and (planned.month_days is null or extract(day from on_day)::int = any (planned.month_days))
    and (planned.first_day is not null or occurrence.ends_at > planned.created_at)
    and occurrence.starts_at < until and occurrence.ends_at > since;
$$;

-- What raw rows say of [since, until), for these sites (null: all). A result is good for one cadence,
-- or until the next row of its site if that comes before; an inconclusive one for nothing. Of that,
-- what lies in an outage was down, and the rest was up.
create function account_raw(only_sites bigint[], since timestamptz, until timestamptz)
  returns table (site_id bigint, up_s float8, down_s float8, unknown_in_outage_s float8,
    maintenance_up_s float8, maintenance_down_s float8, maintenance_unknown_s float8,
    checks bigint, ups bigint, downs bigint, inconclusives bigint, made bigint)
  language sql stable set jit = off as $$
  with rule as materialized (
    select h.site_id, h.from_at, coalesce(h.to_at, 'infinity') as to_at, h.seconds, h.watched, h.tags
    from site_config_history h
    where (only_sites is null or h.site_id = any (only_sites))
      and h.from_at < until and coalesce(h.to_at, 'infinity') > since - interval '1 day'
  ), reach as materialized (
    -- No result covers more than this before the window, nor hides behind one that does.
    select r.site_id, since - max(r.seconds) * interval '1 second' as since,
      range_agg(tstzrange(r.from_at, r.to_at)) filter (where r.watched)
        * tstzmultirange(tstzrange(since, greatest(since, least(until, now())))) as watched
    from rule r group by r.site_id
  ), looked as (
    select r.site_id, r.seconds, r.watched, p.slot, p.result,
      least(lead(p.slot) over (partition by r.site_id order by p.slot), p.slot + r.seconds * interval '1 second')
        as covered_until
    from rule r
    join reach on reach.site_id = r.site_id
    cross join lateral (
      select s.slot, s.result from ping_status s
      where s.site_id = r.site_id and s.slot >= greatest(r.from_at, reach.since) and s.slot < least(r.to_at, account_raw.until)
    ) as p
  ), seen as (
    select l.site_id,
      range_agg(tstzrange(l.slot, l.covered_until)) filter (where l.result <> 'inconclusive') as covered,
      count(*) filter (where l.slot >= since) as checks,
      count(*) filter (where l.slot >= since and l.result = 'up') as ups,
      count(*) filter (where l.slot >= since and l.result = 'down') as downs,
      count(*) filter (where l.slot >= since and l.result = 'inconclusive') as inconclusives,
      count(*) filter (where l.slot >= since and l.watched and is_on_grid(l.site_id, l.seconds, l.slot)) as made
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
    select reach.site_id, seen.checks, seen.ups, seen.downs, seen.inconclusives, seen.made, reach.watched,
      coalesce(seen.covered * reach.watched, '{}') as observed,
      failed.spans * tstzmultirange(tstzrange(account_raw.since, account_raw.until)) as failed, planned.spans as planned
    from reach
    left join seen on seen.site_id = reach.site_id
    left join failed on failed.site_id = reach.site_id
    left join planned on planned.site_id = reach.site_id
  )
  select s.site_id,
    seconds_of(s.observed) - coalesce(seconds_of(s.observed * s.failed), 0),
    coalesce(seconds_of(s.observed * s.failed), 0),
    coalesce(seconds_of(s.failed - s.observed), 0),
    coalesce(seconds_of(s.observed * s.planned) - coalesce(seconds_of(s.observed * s.planned * s.failed), 0), 0),
    coalesce(seconds_of(s.observed * s.planned * s.failed), 0),
    coalesce(seconds_of((s.watched - s.observed) * s.planned), 0),
    coalesce(s.checks, 0), coalesce(s.ups, 0), coalesce(s.downs, 0), coalesce(s.inconclusives, 0), coalesce(s.made, 0)
  from sets s;
$$;

grant select on site_config_history, accounting_policy to uptick_reader, uptick_web;
