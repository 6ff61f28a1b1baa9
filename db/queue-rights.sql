-- Rights and storage settings of the queue's own tables, applied after each pg-boss install or
-- upgrade. Safe to repeat.

grant usage on schema pgboss to uptick_scheduler, uptick_worker, uptick_consumer;
grant select, insert, update, delete on all tables in schema pgboss
  to uptick_scheduler, uptick_worker, uptick_consumer;
grant execute on all functions in schema pgboss to uptick_scheduler, uptick_worker, uptick_consumer;
grant usage on all sequences in schema pgboss to uptick_scheduler, uptick_worker, uptick_consumer;

-- A queue's table is written and emptied all day: vacuum early, in short runs, and keep its
-- statistics fresh (fetching without them costs two to three times as much).
do $$
declare
  queue_table regclass;
begin
  for queue_table in
    select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'pgboss' and c.relkind = 'r' and (c.relispartition or c.relname = 'job_common')
  loop
    execute format('alter table %s set (
      autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
      autovacuum_vacuum_cost_delay = 0,
      autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500)', queue_table);
  end loop;
end $$;
