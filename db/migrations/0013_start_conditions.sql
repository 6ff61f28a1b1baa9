-- A service that starts asks whether the schema is as new as its code, and says so where it is not.

grant select on kysely_migration to uptick_scheduler, uptick_consumer, uptick_web, uptick_reader;
