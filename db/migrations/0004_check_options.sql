-- How to ask, what must be true of the answer, kinds of check beside HTTP, and the reason as data.

alter table site_config
  add column kind text not null default 'http',
  add column basic_auth_user text,
  -- Secrets are named, never stored: each is a file of the workers' SECRETS_DIR.
  add column basic_auth_password_secret text,
  add column bearer_token_secret text,
  add column host_header text,
  add column tls_server_name text,
  add column tls_ca_file text,
  add column tls_client_cert_file text,
  add column tls_client_key_file text,
  add column ip_family text not null default 'any',
  add column http_version text not null default '1.1',
  add column expected_headers jsonb not null default '{}',
  add column body_contains text,
  add column body_not_contains text,
  add column value_operator text not null default '==',
  add column body_bytes_min int,
  add column body_bytes_max int,
  add column cert_days_min int,
  add column sla_is_failure boolean not null default false,
  add column conditions text,
  add column recheck_after_s int not null default 10,
  add column heartbeat_max_age_s int,

  drop constraint url_is_http_or_https,
  drop constraint body_needs_a_method_that_carries_one,
  drop constraint expected_value_needs_a_path_or_regex,

  add constraint kind_of_check_is_known
    check (kind in ('http', 'tcp', 'tls', 'dns', 'icmp', 'heartbeat')),
  add constraint url_is_one_line check (url !~ '[[:cntrl:][:space:]]'),
  add constraint url_is_http_or_https check (kind <> 'http' or url ~* '^https?://[^/?#]'),
  -- A host is a name or a literal, in brackets where it is IPv6; whether a port, a name or a type is a real one, code decides.
  add constraint url_fits_its_kind check (case kind
    when 'tcp' then url ~* '^tcp://([^]/?#@:[]+|\[[0-9a-f:.]+\]):[0-9]{1,5}$'
    when 'tls' then url ~* '^tls://([^]/?#@:[]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$'
    when 'dns' then url ~* '^dns:(//([^]/?#@:[]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/)?[^/?#@]+(\?type=[a-z]+)?$'
    when 'icmp' then url ~* '^icmp://([^]/?#@:[]+|\[[0-9a-f:.]+\])$'
    when 'heartbeat' then url ~* '^heartbeat:[^/?#@:]+$'
    else true end),
  add constraint body_needs_a_method_that_carries_one
    check (body is null or kind = 'tcp' or (kind = 'http' and method not in ('GET', 'HEAD'))),
  add constraint basic_auth_is_whole
    check ((basic_auth_user is null) = (basic_auth_password_secret is null)),
  add constraint basic_or_bearer_auth_not_both
    check (basic_auth_user is null or bearer_token_secret is null),
  add constraint basic_auth_user_without_colon_or_controls
    check (basic_auth_user !~ '[:[:cntrl:]]' and length(basic_auth_user) between 1 and 200),
  add constraint basic_auth_password_secret_is_a_name
    check (basic_auth_password_secret ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  add constraint bearer_token_secret_is_a_name
    check (bearer_token_secret ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  add constraint host_header_is_a_host
    check (host_header ~ '^[A-Za-z0-9._~\[\]:-]{1,255}$'),
  add constraint tls_server_name_is_a_name
    check (tls_server_name ~ '^[A-Za-z0-9._-]{1,253}$'),
  add constraint tls_ca_file_is_a_name
    check (tls_ca_file ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  add constraint tls_client_cert_file_is_a_name
    check (tls_client_cert_file ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  add constraint tls_client_key_file_is_a_name
    check (tls_client_key_file ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'),
  add constraint tls_client_certificate_is_whole
    check ((tls_client_cert_file is null) = (tls_client_key_file is null)),
  add constraint ip_family_is_known check (ip_family in ('any', 'ipv4', 'ipv6')),
  add constraint http_version_is_known check (http_version in ('1.1', '2', 'auto')),
  add constraint expected_headers_is_an_object check (jsonb_typeof(expected_headers) = 'object'),
  add constraint body_contains_at_most_1000_characters
    check (length(body_contains) between 1 and 1000),
  add constraint body_not_contains_at_most_1000_characters
    check (length(body_not_contains) between 1 and 1000),
  add constraint value_operator_is_known
    check (value_operator in ('==', '!=', '<', '<=', '>', '>=', 'contains', 'exists')),
  add constraint value_operator_needs_a_value
    check (value_operator in ('==', 'exists') or expected_value is not null),
  add constraint exists_takes_no_value check (value_operator <> 'exists' or expected_value is null),
  add constraint exists_needs_a_path_or_regex check (
    value_operator <> 'exists' or kind = 'dns' or json_path is not null or body_regex is not null),
  add constraint expected_value_at_most_1000_characters check (length(expected_value) <= 1000),
  add constraint expected_value_needs_a_path_or_regex check (
    expected_value is null or kind = 'dns' or json_path is not null or body_regex is not null),
  add constraint body_bytes_min_between_0_and_1_mib check (body_bytes_min between 0 and 1048576),
  add constraint body_bytes_max_between_0_and_1_mib check (body_bytes_max between 0 and 1048576),
  add constraint body_bytes_min_not_above_max check (body_bytes_min <= body_bytes_max),
  add constraint cert_days_min_between_0_and_3650 check (cert_days_min between 0 and 3650),
  add constraint sla_is_failure_needs_a_sla check (not sla_is_failure or sla_ms is not null),
  add constraint conditions_at_most_4000_characters check (length(conditions) between 1 and 4000),
  add constraint recheck_after_between_0_s_and_1_h check (recheck_after_s between 0 and 3600),
  add constraint heartbeat_max_age_between_1_s_and_1_year
    check (heartbeat_max_age_s between 1 and 31536000),
  add constraint heartbeat_max_age_is_of_heartbeats
    check (heartbeat_max_age_s is null or kind = 'heartbeat');

-- What kind of check a URL is for. A scheme that nobody knows is for HTTP, whose constraint refuses it.
create function kind_of_url(url text) returns text
  language sql immutable parallel safe
  return coalesce(substring(lower(url) from '^(tcp|tls|dns|icmp|heartbeat):'), 'http');

-- The URL says itself what kind of check it is for, unless its owner says so too: then the two must agree.
create or replace function site_config_before_write() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.kind = 'http' then
      new.kind := kind_of_url(new.url);
    end if;
  elsif new.url is distinct from old.url and new.kind = old.kind then
    new.kind := kind_of_url(new.url);
  end if;
  new.validity := 'pending';
  new.invalid_reason := null;
  return new;
end $$;

drop trigger site_config_is_checked_again on site_config;
create trigger site_config_is_checked_again before insert or update of
  url, cadence, enabled, method, headers, body, timeout_ms, max_redirects, verify_tls,
  expected_status, json_path, body_regex, expected_value, sla_ms,
  kind, basic_auth_user, basic_auth_password_secret, bearer_token_secret, host_header, tls_server_name,
  tls_ca_file, tls_client_cert_file, tls_client_key_file, ip_family, http_version, expected_headers,
  body_contains, body_not_contains, value_operator, body_bytes_min, body_bytes_max, cert_days_min,
  sla_is_failure, conditions, heartbeat_max_age_s
  on site_config for each row execute function site_config_before_write();

drop trigger site_config_asks_for_a_check on site_config;
create trigger site_config_asks_for_a_check after insert or update of
  url, cadence, enabled, method, headers, body, timeout_ms, max_redirects, verify_tls,
  expected_status, json_path, body_regex, expected_value, sla_ms,
  kind, basic_auth_user, basic_auth_password_secret, bearer_token_secret, host_header, tls_server_name,
  tls_ca_file, tls_client_cert_file, tls_client_key_file, ip_family, http_version, expected_headers,
  body_contains, body_not_contains, value_operator, body_bytes_min, body_bytes_max, cert_days_min,
  sla_is_failure, conditions, heartbeat_max_age_s
  on site_config for each row execute function site_config_after_write();

-- A check at a site's slot, one that its owner's change asked for, or one that looks again quickly.
alter table ping_status
  add column occasion text not null default 'slot',
  add column remote_address text,
  add column http_version text,
  -- Each request of a redirected probe with its own phases; null where there was one, which the row itself tells.
  add column hops jsonb,
  add constraint occasion_is_known check (occasion in ('slot', 'request', 'recheck'));

alter table sites
  add column last_message text,
  add column last_remote_address text,
  add column last_http_version text,
  add column last_worker text,
  add column cert_subject text,
  add column cert_issuer text,
  add column cert_fingerprint text,
  -- Why its chain is not trusted; null: it is.
  add column cert_error text;

-- What was seen when the outage was opened: the first 1 KiB of the answer, if there was one.
alter table outages
  add column status_code int,
  add column remote_address text,
  add column excerpt text;

-- Not before: a quick second look comes a moment after the first. Which worker had the first look.
alter table check_request
  add column not_before timestamptz not null default now(),
  add column occasion text not null default 'request',
  add column avoid_worker text,
  add constraint request_occasion_is_known check (occasion in ('request', 'recheck'));

drop index check_request_oldest_first;
create index check_request_due_first on check_request (not_before, site_id);

-- An owner's change is looked at now, and by anybody, whatever else was waiting.
create or replace function site_config_after_write() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into sites (site_id, url) values (new.id, new.url);
  elsif new.url is distinct from old.url then
    update sites set url = new.url where site_id = new.id;
  end if;
  if new.enabled then
    insert into check_request (site_id) values (new.id)
    on conflict (site_id) do update
      set not_before = least(check_request.not_before, excluded.not_before), occasion = 'request', avoid_worker = null;
  end if;
  return null;
end $$;

grant select, insert on check_request to uptick_consumer;
-- A reader of reports sees what is asked for, but no credentials, nor what they are called.
grant select (kind, host_header, tls_server_name, ip_family, http_version, expected_headers, body_contains, body_not_contains,
  value_operator, body_bytes_min, body_bytes_max, cert_days_min, sla_is_failure, conditions, recheck_after_s,
  heartbeat_max_age_s) on site_config to uptick_reader;
