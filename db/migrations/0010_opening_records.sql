-- Which record of the result stream opened an outage, so that it can be read again in its first form.
-- Null: it came through Postgres, or the outage follows from results that were taken in before.
alter table outages
  add column opened_by_topic text,
  add column opened_by_partition int,
  add column opened_by_offset bigint,
  add constraint opening_record_is_whole check (num_nulls(opened_by_topic, opened_by_partition, opened_by_offset) in (0, 3));

-- A reader of reports sees whether an outage was told, but not to whom.
grant select (id, outage_id, cert_warning_id, about_id, kind, channel, queued_at, sent_at, failed_at, attempts)
  on notifications to uptick_reader;
