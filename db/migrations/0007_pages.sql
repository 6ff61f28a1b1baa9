-- What others may see of a site, what is promised of it, what is said about incidents, and who may use
-- the API.

alter table site_config
  -- Per cent of the time, by duration: 99.9. What is left to 100 is the error budget.
  add column slo_target float8,
  -- Whether the status page, its feeds and badges show it. Everything else of it stays private.
  add column published boolean not null default false,
  -- What it is called there; null: its name.
  add column public_name text,
  -- The heading under which it stands there; null: under none.
  add column page_group text,
  -- What it is called in the addresses of pages and badges: says nothing of what it is, unless you choose it.
  add column slug text not null default left(replace(gen_random_uuid()::text, '-', ''), 12),
  add constraint slo_target_between_0_and_100 check (slo_target > 0 and slo_target < 100),
  add constraint public_name_at_most_200_characters check (length(public_name) between 1 and 200),
  add constraint page_group_at_most_100_characters check (length(page_group) between 1 and 100),
  -- Without a name of its own, a site's URL would be shown in its place.
  add constraint published_needs_a_name check (not published or name is not null or public_name is not null),
  add constraint slug_is_1_to_64_letters_digits_or_dashes check (slug ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
  add constraint slugs_are_unique unique (slug);

create index site_config_published on site_config (id) where published;

-- Something that visitors are told in words, beside what was measured.
create table incidents (
  id bigint generated always as identity primary key,
  slug text not null default left(replace(gen_random_uuid()::text, '-', ''), 12),
  title text not null,
  -- Of its newest update: a trigger keeps both.
  status text not null default 'investigating',
  resolved_at timestamptz,
  -- Whom it concerns: sites of these ids or tags; with neither, all of them.
  site_ids bigint[] not null default '{}',
  tags text[] not null default '{}',
  created_at timestamptz not null default now(),

  constraint incident_slugs_are_unique unique (slug),
  constraint title_between_1_and_200_characters check (length(title) between 1 and 200),
  constraint status_is_known check (status in ('investigating', 'identified', 'monitoring', 'resolved')),
  constraint resolved_exactly_when_it_says_so check ((status = 'resolved') = (resolved_at is not null)),
  constraint site_ids_without_null check (array_position(site_ids, null) is null),
  constraint tags_without_null check (array_position(tags, null) is null)
);

create index incidents_newest_first on incidents (created_at desc);

create table incident_updates (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incidents (id) on delete cascade,
  posted_at timestamptz not null default now(),
  status text not null,
  -- Markdown; HTML in it is shown as text.
  body text not null,

  constraint status_is_known check (status in ('investigating', 'identified', 'monitoring', 'resolved')),
  constraint body_between_1_and_10000_characters check (length(body) between 1 and 10000)
);

create index incident_updates_of_an_incident on incident_updates (incident_id, posted_at desc, id desc);

create function incident_follows_its_newest_update() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  incident bigint := coalesce(new.incident_id, old.incident_id);
begin
  update incidents set status = newest.status,
    resolved_at = case when newest.status = 'resolved' then newest.posted_at end
  from (
    select u.status, u.posted_at from incident_updates u where u.incident_id = incident
    order by u.posted_at desc, u.id desc limit 1) as newest
  where incidents.id = incident;
  return null;
end $$;

create trigger incidents_follow_their_updates after insert or update or delete on incident_updates
  for each row execute function incident_follows_its_newest_update();

-- Planned work is told to visitors only where its title was meant for them.
alter table maintenance add column published boolean not null default false;

-- A key is shown once, when it is made: what is kept is its SHA-256. Its own randomness is its salt.
create table api_keys (
  id bigint generated always as identity primary key,
  name text not null,
  -- How the key begins, so that its owner recognises it in a list.
  prefix text not null,
  hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,

  constraint api_key_hashes_are_unique unique (hash),
  constraint name_between_1_and_100_characters check (length(name) between 1 and 100),
  constraint hash_is_sha256 check (octet_length(hash) = 32),
  constraint scopes_are_known check (scopes <@ array['read', 'write', 'check'] and cardinality(scopes) > 0)
);

-- Who listens on this channel (pages that are open) hears of whatever they show, once a transaction.
-- The payload is the name of the table: what changed, everybody reads as they may.
create function tell_of_a_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('uptick_changed', tg_table_name);
  return null;
end $$;

create trigger outages_tell_of_changes after insert or update or delete on outages
  for each statement execute function tell_of_a_change();
create trigger incidents_tell_of_changes after insert or update or delete on incidents
  for each statement execute function tell_of_a_change();
create trigger incident_updates_tell_of_changes after insert or update or delete on incident_updates
  for each statement execute function tell_of_a_change();
create trigger maintenance_tells_of_changes after insert or update or delete on maintenance
  for each statement execute function tell_of_a_change();
create trigger site_config_tells_of_changes
  after insert or delete or update of name, url, enabled, published, public_name, page_group, slug, validity on site_config
  for each statement execute function tell_of_a_change();

-- The web process shows everything and, for those who have logged in or hold a key, changes what is watched.
grant select, insert, update, delete on site_config, maintenance, depends_on, incidents, incident_updates to uptick_web;
grant select, update on api_keys to uptick_web;
grant select, insert on cadence to uptick_web;
grant select on sites, ping_status, outages, notifications, schedule_hand, cert_warnings to uptick_web;
grant select (id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at) on api_keys to uptick_reader;
grant select on incidents, incident_updates to uptick_reader;
grant select (slo_target, published, public_name, page_group, slug) on site_config to uptick_reader;
