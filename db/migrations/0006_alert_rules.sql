-- When an outage is not told of, or later: maintenance, dependencies, flapping. And warnings of
-- certificates that will expire.

-- Planned work. Checks go on and outages are recorded, but nobody is told of them before it is over.
create table maintenance (
  id bigint generated always as identity primary key,
  title text not null,
  -- Whom it concerns: these sites, and the sites with any of these tags; with neither, all sites.
  site_ids bigint[] not null default '{}',
  tags text[] not null default '{}',
  -- Once ...
  starts_at timestamptz,
  ends_at timestamptz,
  -- ... or again and again, at a local time of its zone: days of the week (1 is Monday) and of the
  -- month narrow it down. It lasts its minutes, however the
  -- local clock is changed meanwhile.
  starts_local time,
  duration_minutes int,
  time_zone text,
  weekdays int[],
  month_days int[],
  first_day date,
  last_day date,
  created_at timestamptz not null default now(),

  constraint title_between_1_and_200_characters check (length(title) between 1 and 200),
  constraint site_ids_without_null check (array_position(site_ids, null) is null),
  constraint tags_without_null check (array_position(tags, null) is null),
  constraint once_or_again_and_again check (
    (starts_at is not null and ends_at is not null and starts_local is null and duration_minutes is null
      and time_zone is null and weekdays is null and month_days is null and first_day is null and last_day is null)
    or (starts_at is null and ends_at is null
      and starts_local is not null and duration_minutes is not null and time_zone is not null)),
  constraint ends_after_it_starts check (ends_at > starts_at),
  constraint duration_between_1_minute_and_7_days check (duration_minutes between 1 and 10080),
  -- A zone that Postgres does not know fails here, by its name.
  constraint time_zone_is_known
    check (time_zone is null or timezone(time_zone, '2026-01-01 00:00:00+00'::timestamptz) is not null),
  constraint weekdays_are_1_to_7 check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and cardinality(weekdays) > 0),
  constraint month_days_are_1_to_31 check (
    1 <= all (month_days) and 31 >= all (month_days) and cardinality(month_days) > 0),
  constraint first_day_not_after_last check (first_day <= last_day)
);

-- The occurrences of a maintenance that are under way at an instant: none or one, two where a long
-- one comes again before it is over.
create function maintenance_occurrences(planned maintenance, instant timestamptz)
  returns table (starts_at timestamptz, ends_at timestamptz)
  language sql stable parallel safe as $$
  select planned.starts_at, planned.ends_at
  where planned.starts_at <= instant and instant < planned.ends_at
  union all
  select occurrence.starts_at, occurrence.ends_at
  from generate_series(0, 1 + planned.duration_minutes / 1440) as days_ago
  cross join lateral (select (instant at time zone planned.time_zone)::date - days_ago as on_day) as candidate
  cross join lateral (
    select (on_day + planned.starts_local) at time zone planned.time_zone as starts_at,
      (on_day + planned.starts_local) at time zone planned.time_zone + make_interval(mins => planned.duration_minutes)
        as ends_at) as occurrence
  where (planned.weekdays is null or extract(isodow from on_day)::int = any (planned.weekdays))
    and (planned.month_days is null or extract(day from on_day)::int = any (planned.month_days))
    and on_day >= coalesce(planned.first_day, on_day) and on_day <= coalesce(planned.last_day, on_day)
    and occurrence.starts_at <= instant and instant < occurrence.ends_at;
$$;

-- Whether a site's outages are not to be told of now.
create function is_in_maintenance(site bigint, site_tags text[], instant timestamptz) returns boolean
  language sql stable parallel safe
  return exists (
    select from maintenance m
    where ((m.site_ids = '{}' and m.tags = '{}') or site = any (m.site_ids) or m.tags && site_tags)
      and exists (select from maintenance_occurrences(m, instant)));

-- A site that cannot be up while another is down: a page behind a gateway, all sites behind a router.
create table depends_on (
  site_id bigint not null references site_config (id) on delete cascade,
  parent_id bigint not null references site_config (id) on delete cascade,
  primary key (site_id, parent_id)
);

create index depends_on_by_parent on depends_on (parent_id);

-- Two sites that wait for one another, or one for itself, would never be told of. One writer at a time: two halves of a
-- circle, each unseen by the other, would make a whole.
create function depends_on_refuses_circles() returns trigger
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtext('depends_on'));
  if exists (
    with recursive above as (
      select new.parent_id as id
      union
      select d.parent_id from depends_on d join above on d.site_id = above.id
    )
    select from above where id = new.site_id
  ) then
    raise exception 'site % cannot depend on site %, which depends on it', new.site_id, new.parent_id
      using errcode = 'check_violation', constraint = 'depends_on_has_no_circles', table = 'depends_on';
  end if;
  return new;
end $$;

create trigger depends_on_has_no_circles before insert or update on depends_on
  for each row execute function depends_on_refuses_circles();

-- Why nobody has been told of an outage. Null: told, or about to be. And since when the site had been
-- up before: an email that comes later than its outage says so, too.
alter table outages
  add column held_by text,
  add column up_since timestamptz,
  add constraint held_by_is_known check (held_by in ('maintenance', 'dependency', 'flapping'));

create index outages_open_and_held on outages (site_id) where ended_at is null and held_by is not null;

-- Since when a site goes up and down so often that its single outages are not told any more.
alter table sites add column flapping_since timestamptz;

create index sites_that_flap on sites (site_id) where flapping_since is not null;

-- One row for each certificate and number of days at which its expiry was told, or was due to be.
create table cert_warnings (
  id uuid primary key default gen_random_uuid(),
  fingerprint text not null,
  days int not null,
  expires_at timestamptz not null,
  warned_at timestamptz not null default now(),
  constraint cert_warnings_once_each unique (fingerprint, days),
  constraint days_are_positive check (days > 0)
);

-- A message is about an outage or about a certificate. What it is about is its thread.
alter table notifications
  alter column outage_id drop not null,
  add column cert_warning_id uuid,
  add column about_id uuid not null generated always as (coalesce(outage_id, cert_warning_id)) stored,
  add constraint about_an_outage_or_a_certificate check ((outage_id is null) <> (cert_warning_id is null)),
  add constraint notifications_once_each_certificate unique (cert_warning_id, kind, channel, recipient),
  drop constraint kind_is_known,
  add constraint kind_is_known
    check (kind in ('outage', 'recovery', 'correction', 'flapping', 'calm', 'certificate')),
  add constraint certificates_have_their_kind check ((kind = 'certificate') = (cert_warning_id is not null));

create index notifications_by_thread on notifications (about_id, channel, recipient);

grant select on maintenance, depends_on to uptick_consumer, uptick_reader;
grant select, insert on cert_warnings to uptick_consumer;
grant select on cert_warnings to uptick_reader;
-- What was seen by a worker that was blind for a while is taken back.
grant update (result, failure, message) on ping_status to uptick_consumer;
