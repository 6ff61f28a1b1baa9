-- One login role per service, each with what it does and no more. Roles belong to the whole
-- server, so another database of it may have made them, even this instant. Rights on the queue's
-- tables come with the queue: db/queue-rights.sql, applied by migrate.ts.

do $$
declare
  service text;
begin
  foreach service in array array['uptick_scheduler', 'uptick_worker', 'uptick_consumer', 'uptick_reader'] loop
    begin
      execute format('create role %I login', service);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end $$;

revoke all on schema public from public;
grant usage on schema public to uptick_scheduler, uptick_consumer, uptick_reader;
revoke execute on function make_ping_status_partitions from public;

grant select on cadence, site_config, schedule_hand, check_request to uptick_scheduler;
grant update (validity, invalid_reason) on site_config to uptick_scheduler;
grant update (last_slot) on schedule_hand to uptick_scheduler;
-- Locking a row asks for the right to change one of its columns.
grant delete, update (requested_at) on check_request to uptick_scheduler;
grant execute on function make_ping_status_partitions to uptick_scheduler;

grant select on cadence, site_config to uptick_consumer;
grant select, update on sites to uptick_consumer;
grant select, insert on ping_status to uptick_consumer;
grant select, insert, update, delete on outages to uptick_consumer;
grant select, insert, update, delete on notifications to uptick_consumer;
grant select, insert on dead_letter to uptick_consumer;

-- Headers and bodies may hold secrets: a reader of reports does not need them.
grant select (id, name, url, cadence, enabled, method, timeout_ms, max_redirects, verify_tls,
  expected_status, json_path, body_regex, expected_value, sla_ms, failure_threshold,
  recovery_threshold, tags, created_at, updated_at, validity, invalid_reason) on site_config to uptick_reader;
grant select on cadence, sites, ping_status, outages, schedule_hand to uptick_reader;
