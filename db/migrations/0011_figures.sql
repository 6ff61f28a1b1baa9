-- What the scheduler's figures (/metrics) are made of: how sites are, what is open, what waits to be
-- sent. Columns that name no site's address, no recipient and no reason.

grant select (site_id, status) on sites to uptick_scheduler;
grant select (id, ended_at) on outages to uptick_scheduler;
grant select (queued_at, sent_at, failed_at) on notifications to uptick_scheduler;
