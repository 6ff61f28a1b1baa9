import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { loadedColumns, type SiteValues } from './loaded-columns.ts'

/** Sites as a file has them, and what to know of them before the file is loaded somewhere else. */
export type SiteExport = {
  /** In the order of their ids. */
  readonly sites: readonly SiteValues[]
  /** Those that these sites are at: name to seconds, the fastest first. */
  readonly cadences: ReadonlyMap<string, number>
  /** Sites that the scheduler found no way to check: a load refuses them. */
  readonly invalid: number
}

/** All sites of a file are in memory at once; beyond this, SQL's own COPY is the tool. */
export const EXPORTED_SITES_MAX = 200_000
const SITES_PER_STATEMENT = 10_000

type ExportedRow = SiteValues & {
  readonly id: number
  readonly seconds: number
  readonly validity: string
}

/**
 * Reads the sites that have one of the tags, or all of them where no tag is given.
 * @throws when they are more than EXPORTED_SITES_MAX.
 */
export async function readSiteExport(db: Db, tags: readonly string[]): Promise<SiteExport> {
  const sites: SiteValues[] = []
  const cadences = new Map<string, number>()
  let invalid = 0
  for (let afterId = 0; ; ) {
    const rows = await exportedRows(db, tags, afterId)
    for (const { id, seconds, validity, ...values } of rows) {
      sites.push(values)
      cadences.set(values.cadence, seconds)
      if (validity === 'invalid') invalid++
      afterId = id
    }
    if (sites.length > EXPORTED_SITES_MAX) throw new TooManySitesError()
    if (rows.length < SITES_PER_STATEMENT) break
  }
  return { sites, cadences: bySeconds(cadences), invalid }
}

/** More than one file is for. */
export class TooManySitesError extends Error {
  constructor() {
    super(`more than ${EXPORTED_SITES_MAX} sites: export them by tags, or with COPY in SQL`)
  }
}

async function exportedRows(
  db: Db,
  tags: readonly string[],
  afterId: number,
): Promise<readonly ExportedRow[]> {
  const columns = loadedColumns.map((column) => sql.ref(`c.${column}`))
  const { rows } = await sql<ExportedRow>`
    select c.id, cadence.seconds, c.validity, ${sql.join(columns)}
    from site_config c join cadence on cadence.name = c.cadence
    where c.id > ${afterId} and (${tags.length === 0} or c.tags && ${sql.val([...tags])}::text[])
    order by c.id limit ${sql.lit(SITES_PER_STATEMENT)}`.execute(db)
  return rows
}

function bySeconds(cadences: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const byName = [...cadences].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(byName.sort(([, a], [, b]) => a - b))
}
