-- What was seen (ping_status), what followed (outages), who was told (notifications), and what
-- could not be read (dead_letter).

create table ping_status (
  site_id bigint not null,
  slot timestamptz not null,
  checked_at timestamptz not null,
  result text not null,
  failure text,
  message text,
  status_code int,
  latency_ms real,
  dns_ms real,
  connect_ms real,
  tls_ms real,
  ttfb_ms real,
  response_bytes int,
  extracted_value text,
  sla_met boolean,
  worker text not null,
  late boolean not null default false,

  primary key (site_id, slot),
  constraint result_is_known check (result in ('up', 'down', 'inconclusive')),
  constraint failure_goes_with_down check ((result = 'down') = (failure is not null)),
  constraint failure_is_known check (failure in (
    'dns', 'refused', 'unreachable', 'connect_timeout', 'timeout', 'tls_cert', 'tls_handshake',
    'reset', 'protocol', 'status', 'body', 'redirect', 'too_large', 'blocked'))
) partition by range (slot);

-- Makes the day partitions (UTC) of a window that are not there yet. Runs as its owner, so that a
-- service may call it without the right to create anything else.
create function make_ping_status_partitions(from_day date, to_day date) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  day date;
  partition text;
  made int := 0;
begin
  if to_day - from_day > 400 then
    raise exception 'a window of % days is more than 400', to_day - from_day;
  end if;
  -- Two callers at once must not both create a day.
  perform pg_advisory_xact_lock(hashtext('make_ping_status_partitions'));
  for day in select generate_series(from_day, to_day, interval '1 day')::date loop
    partition := 'ping_status_' || to_char(day, 'YYYYMMDD');
    if to_regclass('public.' || partition) is null then
      execute format(
        'create table public.%I partition of public.ping_status for values from (%L) to (%L)
         with (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.2)',
        partition, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

create table outages (
  id uuid primary key,
  site_id bigint not null references site_config (id) on delete cascade,
  started_at timestamptz not null,
  detected_at timestamptz not null,
  ended_at timestamptz,
  failure text not null,
  message text,
  -- The slots at which the streak reached its threshold: from there the state machine is known.
  opened_slot timestamptz not null,
  closed_slot timestamptz,

  constraint ends_after_it_starts check (ended_at > started_at),
  constraint opens_at_or_after_its_start check (opened_slot >= started_at),
  constraint closed_exactly_when_ended check ((ended_at is null) = (closed_slot is null))
);

create unique index outages_one_open_per_site on outages (site_id) where ended_at is null;
create index outages_of_a_site_newest_first on outages (site_id, started_at desc);

create table notifications (
  id bigint generated always as identity primary key,
  -- No foreign key: what was sent stays on record when a site, and with it its outages, is deleted.
  outage_id uuid not null,
  kind text not null,
  channel text not null,
  recipient text not null,
  queued_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts int not null default 0,
  last_error text,
  message_id text not null,
  -- The facts at the time of queueing: an email says what was known then.
  facts jsonb not null,
  -- While a sender holds it. Outlived only when that sender was killed.
  claimed_until timestamptz,
  -- Given up, with last_error as the reason and a row in dead_letter.
  failed_at timestamptz,

  constraint notifications_once_each unique (outage_id, kind, channel, recipient),
  constraint kind_is_known check (kind in ('outage', 'recovery', 'correction')),
  constraint channel_is_known check (channel in ('email')),
  constraint sent_or_failed_not_both check (sent_at is null or failed_at is null)
);

create index notifications_unsent_oldest_first on notifications (queued_at)
  where sent_at is null and failed_at is null;

create table dead_letter (
  id bigint generated always as identity primary key,
  topic text not null,
  partition int,
  kafka_offset bigint,
  value text,
  reason text not null,
  received_at timestamptz not null default now()
);

-- A batch that is read twice leaves one row of each bad record.
create unique index dead_letter_once_per_offset on dead_letter (topic, partition, kafka_offset);
create index dead_letter_newest_first on dead_letter (received_at desc);
