import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { boundsOf, sitesOf, type TimeWindow } from './time-window.ts'

/**
 * What was seen of a window: `upS + downS + unknownS` is `windowS`, always. Seconds, and shares from
 * 0 to 1. docs/uptime.md says what is what.
 */
export type Uptime = {
  readonly windowS: number
  readonly upS: number
  readonly downS: number
  readonly unknownS: number
  /** Of the unknown time: the site was paused, invalid, or not there yet. */
  readonly unwatchedS: number
  /** Of the unknown time: within an outage. */
  readonly unknownInOutageS: number
  /** Of the time that the site was watched: within planned work. */
  readonly maintenanceS: number
  /** What the policy counts as up and as down. */
  readonly countedUpS: number
  readonly countedDownS: number
  /** Of what counts, how much is up; null: nothing counts. */
  readonly uptime: number | null
  /** How much of the window was seen. */
  readonly coverage: number
  /** How much of the watched time was seen; null: none was watched. */
  readonly watchedCoverage: number | null
  readonly policy: string
}

export type SiteUptime = Uptime & { readonly siteId: number }

export type FleetUptimeQuery = TimeWindow & {
  /** A name in accounting_policy; default `observed`. An unknown one is an error. */
  readonly policy?: string
  /** Default: all sites. */
  readonly siteIds?: readonly number[]
}

const columns = sql.raw(`
  window_s as "windowS", up_s as "upS", down_s as "downS", unknown_s as "unknownS", unwatched_s as "unwatchedS",
  unknown_in_outage_s as "unknownInOutageS", maintenance_s as "maintenanceS", counted_up_s as "countedUpS",
  counted_down_s as "countedDownS", uptime, coverage, watched_coverage as "watchedCoverage", policy`)

/** Of one site. A site that is not there is an error, as is a window that ends before it begins. */
export async function uptimeOf(
  db: Db,
  siteId: number,
  window: TimeWindow,
  policy = 'observed',
): Promise<Uptime> {
  const { rows } = await sql<Uptime>`
    select ${columns} from uptime(${siteId}::bigint, ${boundsOf(window)}, ${policy}::text)`.execute(
    db,
  )
  const [row] = rows
  if (row === undefined) throw new Error(`site: ${siteId} is not there`)
  return row
}

/** Of all sites, or of some, in no order. */
export async function fleetUptime(
  db: Db,
  { policy = 'observed', siteIds, ...window }: FleetUptimeQuery,
): Promise<readonly SiteUptime[]> {
  const { rows } = await sql<SiteUptime>`
    select site_id as "siteId", ${columns}
    from fleet_uptime(${boundsOf(window)}, ${policy}::text, ${sitesOf(siteIds ?? null)})`.execute(
    db,
  )
  return rows
}

/** A day in UTC; today is as long as it has been so far. */
export type DayBar = {
  readonly siteId: number
  /** `2026-11-25` */
  readonly day: string
  readonly upS: number
  readonly downS: number
  readonly unknownS: number
  readonly unwatchedS: number
  readonly maintenanceS: number
}

/** The last days of sites, today among them, by site and oldest first. */
export async function dayBars(
  db: Db,
  siteIds: readonly number[],
  days: number,
): Promise<readonly DayBar[]> {
  const { rows } = await sql<DayBar>`
    select site_id as "siteId", day::text as day, up_s as "upS", down_s as "downS", unknown_s as "unknownS",
      unwatched_s as "unwatchedS", maintenance_s as "maintenanceS"
    from day_bars(${sitesOf(siteIds)}, ${days}::int)`.execute(db)
  return rows
}

export type AccountingPolicy = {
  readonly name: string
  readonly unknownCounts: 'up' | 'down' | 'excluded'
  readonly maintenanceCounts: 'as_measured' | 'up' | 'excluded'
  readonly description: string
}

/** By name. */
export async function accountingPolicies(db: Db): Promise<readonly AccountingPolicy[]> {
  const { rows } = await sql<AccountingPolicy>`
    select name, unknown_counts as "unknownCounts", maintenance_counts as "maintenanceCounts", description
    from accounting_policy order by name`.execute(db)
  return rows
}
