import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { TruthSite } from '../ground-truth/truth.ts'

/** Every so many sites send a secret along. */
const WITH_SECRET = 5
const SECRET_HEADERS = { Authorization: 'Bearer {{secret:site-token}}' }

/** What a row says besides what the target wants it to. */
export function columnsOf({ number, row }: TruthSite, cadenceSeconds: number) {
  return {
    ...row,
    cadence: `${cadenceSeconds}s`,
    failure_threshold: 2,
    recovery_threshold: 2,
    recheck_after_s: 1,
    headers: number % WITH_SECRET === 0 ? SECRET_HEADERS : {},
  }
}

type Watching = {
  readonly db: Db
  readonly options: { readonly truth: { readonly cadenceSeconds: number } }
  /** Site ids to the target's numbers. */
  readonly siteNumbers: Map<number, number>
}

/** Puts sites of the target into the configuration, all or none, and notes which row is whose. */
export async function insertSites(
  { db, options, siteNumbers }: Watching,
  sites: readonly TruthSite[],
): Promise<void> {
  const { cadenceSeconds } = options.truth
  const name = `${cadenceSeconds}s`
  await sql`insert into cadence (name, seconds) values (${name}, ${cadenceSeconds}) on conflict do nothing`.execute(
    db,
  )
  const rows = sites.map((site) => columnsOf(site, cadenceSeconds))
  const [first] = rows
  if (first === undefined) return
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)))
  const { rows: inserted } = await sql<{ id: number; name: string }>`
    insert into site_config (${columns})
    select ${columns} from json_populate_recordset(null::site_config, ${JSON.stringify(rows)}::json)
    returning id, name`.execute(db)
  for (const { id, name: given } of inserted) siteNumbers.set(id, numberOf(given))
}

/** The target calls its sites `site 1`, `site 2` and so on. */
export function numberOf(name: string): number {
  return Number(name.replace(/^site /, ''))
}
