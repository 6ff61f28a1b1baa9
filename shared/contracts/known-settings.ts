/**
 * Every environment variable that any process of Uptick reads, with what it is for. `.env.example`
 * and docs/settings.md list the same names; a test holds them together. Each may also be given as
 * `NAME_FILE`, the path of a file that holds the value.
 */
export const knownSettings = {
  DATABASE_URL: 'Postgres, as the role of the service',
  DATABASE_ADMIN_URL: 'Postgres, as the owner of the schema: for migrations only',
  APP_DB_PASSWORD: 'the password that the migration gives the roles of the services',
  RESULT_STREAM: 'kafka, or postgres for one small machine',
  KAFKA_BOOTSTRAP_SERVERS: 'brokers, host:port separated by commas',
  KAFKA_STATUS_TOPIC: 'topic of the results',
  KAFKA_CONSUMER_GROUP: 'consumer group of the consumer',
  KAFKA_SSL_CA_FILE: 'certificate authority of the brokers; switches TLS on',
  KAFKA_SSL_CERT_FILE: 'client certificate',
  KAFKA_SSL_KEY_FILE: 'key of the client certificate',
  KAFKA_SASL_MECHANISM: 'plain, scram-sha-256 or scram-sha-512',
  KAFKA_SASL_USERNAME: 'user for SASL',
  KAFKA_SASL_PASSWORD: 'password for SASL',
  ALLOW_PRIVATE_TARGETS: 'whether sites on private and loopback addresses may be watched',
  SECRETS_DIR: 'folder of the files that sites name: secrets, certificates, keys',
  DNS_SERVERS: 'name servers of the workers, address[:port] separated by commas',
  CANARY_URLS: 'what is certainly up, http(s) or tcp URLs separated by commas',
  WORKER_CONCURRENCY: 'probes in flight in one worker',
  WORKER_NAME: 'how a worker signs its results',
  SMTP_URL: 'mail server, smtp(s)://user:password@host:port',
  SMTP_HOST: 'mail server, when SMTP_URL is not given',
  SMTP_PORT: 'port of the mail server',
  SMTP_USER: 'user at the mail server',
  SMTP_PASSWORD: 'password at the mail server',
  SMTP_SECURE: 'TLS from the first byte (port 465)',
  SMTP_REQUIRE_TLS: 'refuse a mail server without STARTTLS',
  SMTP_FROM: 'sender of all emails',
  ALERT_EMAIL_TO: 'recipients of sites that name none, separated by commas',
  FLAPPING_OUTAGES:
    'more outages of a site than this within the window are told of as one; 0: never',
  FLAPPING_WINDOW_S: 'the window in which outages are counted, in seconds',
  FLAPPING_CALM_S: 'how long nothing may change until single outages are told of again, in seconds',
  CERT_WARNING_DAYS:
    'days before its expiry at which a certificate is told of, separated by commas, or none',
  DEADMAN_URL:
    'asked once a minute after a check went all the way round, so that its owner hears of silence',
  PROBE_METRICS: 'whether web shows each site at /metrics/sites, in the names of blackbox_exporter',
  WEB_HOST: 'address of the status page, the dashboard, the API and the URLs that jobs call',
  WEB_PORT: 'port of the same',
  STATUS_TITLE: 'heading of the status page',
  PUBLIC_URL:
    'where the world reaches web, for links in feeds and emails: https://status.example.com',
  DASHBOARD_PASSWORD: 'what the dashboard is entered with; none: there is no dashboard',
  RETENTION_RAW_DAYS: 'days that every check is kept for, from 8 on',
  RETENTION_HOURLY_DAYS: 'days that hourly figures are kept for, at least as long',
  RETENTION_DAILY_DAYS: 'days that daily figures are kept for, at least as long; 0: for ever',
  LOG_LEVEL: 'debug, info, warn, error, fatal or silent',
  HEALTH_PORT: 'port of /livez, /readyz and /metrics; none when empty',
  HEALTH_HOST: 'address of the same',
} as const satisfies Record<string, string>

export const knownSettingNames = Object.keys(knownSettings)
