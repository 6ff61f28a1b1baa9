import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'
import { takeLoadLock } from './load-site-config.ts'
import type { SiteValues } from './loaded-columns.ts'

export type AddOutcome =
  | { readonly outcome: 'added'; readonly id: number; readonly slug: string }
  | { readonly outcome: 'would_be_added' }
  /** A site with this URL and name (a heartbeat: with this token) is there. */
  | { readonly outcome: 'present'; readonly id: number }

/** Adds a site that was judged, unless it is there already. `rehearse` writes nothing. */
export async function addSite(
  db: Db,
  values: SiteValues,
  mode: 'add' | 'rehearse',
): Promise<AddOutcome> {
  return db.transaction().execute(async (trx) => {
    // A file that is being loaded may bring the same site.
    await takeLoadLock(trx)
    const present = await siteLike(trx, values)
    if (present !== null) return { outcome: 'present', id: present }
    if (mode === 'rehearse') return { outcome: 'would_be_added' }
    const { headers, expected_headers, alert_emails, tags, ...others } = values
    const { id, slug } = await trx
      .insertInto('site_config')
      .values({
        ...others,
        headers: JSON.stringify(headers),
        expected_headers: JSON.stringify(expected_headers),
        alert_emails: [...alert_emails],
        tags: [...tags],
      })
      .returning(['id', 'slug'])
      .executeTakeFirstOrThrow()
    return { outcome: 'added', id, slug }
  })
}

/** By the rule by which the rows of a file find their sites. */
async function siteLike(trx: Trx, { url, name, kind }: SiteValues): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select id from site_config
    where url = ${url} and (${kind === 'heartbeat'} or coalesce(name, '') = ${name ?? ''})
    order by id limit 1`.execute(trx)
  return rows[0]?.id ?? null
}
