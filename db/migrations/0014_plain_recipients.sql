-- Until now a recipient could be stored that no email can be sent to: of an outage, nobody at that
-- address was told. From now on such a row is refused, by the rules of shared/domain/email-address.ts:
-- one @, at most 64 characters before it and 254 in all, ASCII, a domain name whose last label is no
-- number. Each text is one address: there are as many @ as texts.
--
-- Rows that are there are left as they are and go on being checked; they are refused when they are
-- next written. Those that wait for the scheduler's verdict would be: they get it here.

do $$
declare
  local_part constant text := '[A-Za-z0-9_!#$%&''*+/=?^`{|}~-]+(?:\.[A-Za-z0-9_!#$%&''*+/=?^`{|}~-]+)*';
  label constant text := '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  limits constant text := '(?=[^ ]{1,254}(?: |$))(?=[^ @]{1,64}@)(?![^ ]*[@.][0-9]+(?: |$))';
  address constant text := limits || local_part || '@(?:' || label || '\.)*' || label;
  plain constant text := format(
    $check$array_to_string(alert_emails, ' ') ~ %L
      and length(array_to_string(alert_emails, '')) - length(replace(array_to_string(alert_emails, ''), '@', '')) = cardinality(array_remove(alert_emails, null))$check$,
    '^(?:' || address || '(?: ' || address || ')*)?$');
begin
  execute format(
    $update$update site_config set validity = 'invalid', invalid_reason = 'alert_emails: holds what is not one plain email address'
      where validity = 'pending' and not (%s)$update$, plain);
  alter table site_config drop constraint alert_emails_are_plain_addresses;
  execute format('alter table site_config add constraint alert_emails_are_plain_addresses check (%s) not valid', plain);
end $$;
