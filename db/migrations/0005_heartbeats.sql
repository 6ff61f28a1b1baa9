-- Jobs that call (sites of kind heartbeat): the token of each, what it last said, and who may write
-- that down.

alter table site_config
  -- The token is all that a caller has to know: long enough not to be guessed, and plain in a URL.
  add constraint heartbeat_token_is_8_to_128_letters_digits_or_dashes
    check (kind <> 'heartbeat' or url ~ '^heartbeat:[A-Za-z0-9_-]{8,128}$');

create unique index heartbeat_tokens_are_unique on site_config (url) where kind = 'heartbeat';

-- A heartbeat without a URL, or with `heartbeat:new`, is given a token that nobody can guess.
create function fill_in_heartbeat_token() returns trigger language plpgsql as $$
begin
  if new.kind = 'heartbeat' then
    if new.url is null or lower(new.url) = 'heartbeat:new' then
      new.url := 'heartbeat:' || gen_random_uuid();
    else
      new.url := regexp_replace(new.url, '^heartbeat:', 'heartbeat:', 'i');
    end if;
  end if;
  return new;
end $$;

-- By its name the last of the triggers before a write: an earlier one tells the kind by the URL.
create trigger site_config_token_is_filled_in before insert or update of url, kind
  on site_config for each row execute function fill_in_heartbeat_token();

-- One row per heartbeat, since it was first enabled. All instants are by the database's clock.
create table heartbeats (
  site_id bigint primary key references site_config (id) on delete cascade,
  -- Enabled, or given its token: until then no call can have been missed.
  waiting_since timestamptz not null default now(),
  last_beat_at timestamptz,
  last_status text,
  last_message text,
  -- How long the job took: what it said itself, else the time since it said that it starts.
  last_ping_ms real,
  -- Of a run that has not ended yet.
  started_at timestamptz,

  constraint last_status_is_known check (last_status in ('up', 'down')),
  constraint last_status_goes_with_a_beat check ((last_status is null) = (last_beat_at is null)),
  constraint last_message_at_most_500_characters check (length(last_message) <= 500),
  constraint last_ping_is_not_negative check (last_ping_ms >= 0)
) with (
  -- Every call updates its row in place (HOT), as every check does with its row of sites.
  fillfactor = 60,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0
);

-- A new token, or being enabled again, is a new beginning: what was said before is forgotten.
create function begin_waiting_for_calls() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.kind = 'heartbeat' and new.enabled
    and (tg_op = 'INSERT' or not old.enabled or old.url <> new.url) then
    insert into heartbeats (site_id) values (new.id)
    on conflict (site_id) do update set waiting_since = now(), last_beat_at = null,
      last_status = null, last_message = null, last_ping_ms = null, started_at = null;
  end if;
  return null;
end $$;

-- By its name before the trigger that asks for a check: a call locks these two tables in this order.
create trigger site_config_answers_calls after insert or update of url, kind, enabled
  on site_config for each row execute function begin_waiting_for_calls();

-- Who knows a token may speak for its job. What reports and emails show of a site comes from sites.
create function hide_heartbeat_token() returns trigger language plpgsql as $$
begin
  new.url := left(new.url, length('heartbeat:') + 4) || '...';
  return new;
end $$;

create trigger sites_show_no_token before insert or update of url on sites
  for each row when (new.url like 'heartbeat:%') execute function hide_heartbeat_token();

do $$
begin
  create role uptick_web login;
exception when duplicate_object or unique_violation then
  null;
end $$;

grant usage on schema public to uptick_web;
grant select (id, url, kind, cadence, enabled, heartbeat_max_age_s) on site_config to uptick_web;
grant select on cadence to uptick_web;
grant select, update (last_beat_at, last_status, last_message, last_ping_ms, started_at)
  on heartbeats to uptick_web;
grant select, insert, update (not_before, occasion, avoid_worker) on check_request to uptick_web;
grant select on heartbeats to uptick_scheduler, uptick_reader;
