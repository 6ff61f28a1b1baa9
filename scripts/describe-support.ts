import type { SupportState } from './support/state.ts'

/** What runs beside the services and where, one line each. */
export function describeSupport(state: SupportState): string[] {
  return [
    describePostgres(state),
    describeStream(state),
    describeMail(state),
    `web       http://127.0.0.1:${state.ports.web}, the dashboard at /dashboard; its password: make env`,
  ]
}

function describePostgres({ postgres, ports }: SupportState): string {
  if (postgres === null) return 'postgres  yours (DATABASE_URL)'
  const moved = postgres.movedTo === null ? '' : ' (its user cannot enter the checkout)'
  return `postgres  127.0.0.1:${ports.postgres}  data in ${postgres.dataDir}${moved}`
}

function describeStream({ stream }: SupportState): string {
  if (stream === null) return 'kafka     yours (KAFKA_BOOTSTRAP_SERVERS)'
  if (stream.kind === 'kafka') return `kafka     ${stream.bootstrapServers}`
  return `kafka     none: ${stream.reason}. Results go through Postgres instead (RESULT_STREAM=postgres)`
}

function describeMail({ mail }: SupportState): string {
  if (mail === null) return 'mail      yours (SMTP_URL)'
  return `mail      ${mail.smtpUrl}, read with: make mail, or ${mail.apiUrl}/api/v1/messages`
}
