import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/** A certificate that expires soon, and the sites that show it. */
export type CertWarning = {
  readonly id: string
  /** The number of days at which this warning is due. */
  readonly days: number
  readonly fingerprint: string
  readonly subject: string | null
  readonly issuer: string | null
  readonly expiresAtMs: number
  readonly sites: readonly CertSite[]
}

export type CertSite = {
  readonly name: string
  readonly url: string
  /** Empty: the recipients that the consumer is set up with. */
  readonly alertEmails: readonly string[]
}

/**
 * Notes which certificates have come within one of these numbers of days of their expiry, the
 * smallest that applies, and resolves to those of which that was not noted before: once each.
 * Certificates that have expired are not among them: their sites are down.
 */
export async function takeDueWarnings(
  trx: Trx,
  days: readonly number[],
): Promise<readonly CertWarning[]> {
  if (days.length === 0) return []
  const { rows } = await sql<CertWarning>`
    with expiring as (
      select s.cert_fingerprint as fingerprint, min(s.cert_expires_at) as expires_at,
        min(s.cert_subject) as subject, min(s.cert_issuer) as issuer,
        jsonb_agg(jsonb_build_object(
          'name', coalesce(c.name, c.url), 'url', c.url, 'alertEmails', c.alert_emails) order by c.id) as sites
      from sites s join site_config c on c.id = s.site_id
      where c.enabled and s.cert_fingerprint is not null and s.cert_expires_at > now()
        and s.cert_expires_at <= now() + make_interval(days => ${Math.max(...days)})
      group by s.cert_fingerprint
    ), due as (
      select expiring.*, min(threshold.days) as days
      from expiring join unnest(${sql.val([...days])}::int[]) as threshold (days)
        on expiring.expires_at <= now() + make_interval(days => threshold.days)
      group by fingerprint, expires_at, subject, issuer, sites
    ), noted as (
      insert into cert_warnings (fingerprint, days, expires_at)
      select fingerprint, days, expires_at from due
      on conflict (fingerprint, days) do nothing
      returning id, fingerprint, days
    )
    select noted.id, due.days, due.fingerprint, due.subject, due.issuer,
      (extract(epoch from due.expires_at) * 1000)::float8 as "expiresAtMs", due.sites
    from noted join due using (fingerprint, days)`.execute(trx)
  return rows
}
