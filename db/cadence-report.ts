import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

type Kept = {
  /** Its name, as it is now. */
  readonly cadence: string
  readonly cadenceS: number
  /** Slots that were due, and long enough ago for a result. */
  readonly expected: number
  readonly made: number
  readonly missed: number
  /** Share from 0 to 1; null: none was due. */
  readonly kept: number | null
  /** From the slot to the start of its check; null: there was none. */
  readonly lateP50Ms: number | null
  readonly lateP99Ms: number | null
}

export type CadenceKept = Kept & { readonly siteId: number }
export type CadenceTotals = Kept & { readonly sites: number }

const columns = sql.raw(`cadence, cadence_s as "cadenceS", expected, made, missed, kept,
  late_p50_ms as "lateP50Ms", late_p99_ms as "lateP99Ms"`)

/** Per site; null: all sites. */
export async function cadenceKept(
  db: Db,
  window: TimeWindow,
  siteIds: readonly number[] | null = null,
): Promise<readonly CadenceKept[]> {
  const { rows } = await sql<CadenceKept>`
    select site_id as "siteId", ${columns} from cadence_kept(${boundsOf(window)}, ${sitesOf(siteIds)})`.execute(
    db,
  )
  return rows
}

/** Of all sites together by the cadence they have now, fastest first. */
export async function cadenceTotals(db: Db, window: TimeWindow): Promise<readonly CadenceTotals[]> {
  const { rows } = await sql<CadenceTotals>`
    select sites, ${columns} from cadence_kept_by_cadence(${boundsOf(window)})`.execute(db)
  return rows
}
