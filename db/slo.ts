import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

export type Slo = {
  readonly siteId: number
  /** Per cent of the time: 99.9. */
  readonly sloTarget: number
  /** Shares from 0 to 1; null: nothing counts yet. */
  readonly uptime: number | null
  readonly coverage: number
  /** How long it may be down: the rest to 100 of the time that counts and of what is still to come. */
  readonly budgetS: number
  readonly spentS: number
  /** Below zero when overspent. */
  readonly leftS: number
  /** Of the budget; null: there is none yet. */
  readonly leftShare: number | null
  readonly met: boolean | null
}

/** Per site that has a target, in no order. An unknown policy is an error. */
export async function sloOf(
  db: Db,
  window: TimeWindow,
  policy = 'observed',
  siteIds: readonly number[] | null = null,
): Promise<readonly Slo[]> {
  const { rows } = await sql<Slo>`
    select site_id as "siteId", slo_target as "sloTarget", uptime, coverage, budget_s as "budgetS", spent_s as "spentS",
      left_s as "leftS", left_share as "leftShare", met
    from slo(${boundsOf(window)}, ${policy}::text, ${sitesOf(siteIds)})`.execute(db)
  return rows
}

export type Sla = {
  readonly siteId: number
  readonly slaMs: number
  /** Checks that were measured against it. */
  readonly checks: number
  readonly met: number
  /** From 0 to 1; null: none was measured. */
  readonly metShare: number | null
}

/** Per site that has a limit on latency, how often it was kept. */
export async function slaOf(
  db: Db,
  window: TimeWindow,
  siteIds: readonly number[] | null = null,
): Promise<readonly Sla[]> {
  const { rows } = await sql<Sla>`
    select site_id as "siteId", sla_ms as "slaMs", checks, met, met_share as "metShare"
    from sla(${boundsOf(window)}, ${sitesOf(siteIds)})`.execute(db)
  return rows
}
