import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What a site was to be judged by for a while. Instants are epoch milliseconds. */
export type RuleInForce = {
  readonly fromMs: number
  /** Null: it still is in force. */
  readonly toMs: number | null
  readonly cadenceSeconds: number
  readonly failureThreshold: number
  readonly recoveryThreshold: number
  /** The row of site_config, without what may hold a secret. */
  readonly config: Readonly<Record<string, unknown>>
}

/** The rule of a site at an instant, or the first one after it; null: none is kept. */
export async function ruleInForceAt(
  db: Db,
  siteId: number,
  atMs: number,
): Promise<RuleInForce | null> {
  const { rows } = await sql<RuleInForce>`
    select (extract(epoch from from_at) * 1000)::float8 as "fromMs",
      (extract(epoch from to_at) * 1000)::float8 as "toMs", seconds as "cadenceSeconds",
      failure_threshold as "failureThreshold", recovery_threshold as "recoveryThreshold", config
    from site_config_history
    where site_id = ${siteId} and coalesce(to_at, 'infinity') > ${new Date(atMs)}
    order by from_at limit 1`.execute(db)
  return rows[0] ?? null
}

/** The rules of a site, newest first, at most `limit`. */
export async function rulesOf(
  db: Db,
  siteId: number,
  limit: number,
): Promise<readonly (RuleInForce & { readonly isWatched: boolean })[]> {
  const { rows } = await sql<RuleInForce & { isWatched: boolean }>`
    select (extract(epoch from from_at) * 1000)::float8 as "fromMs",
      (extract(epoch from to_at) * 1000)::float8 as "toMs", seconds as "cadenceSeconds",
      failure_threshold as "failureThreshold", recovery_threshold as "recoveryThreshold", config,
      watched as "isWatched"
    from site_config_history where site_id = ${siteId} order by from_at desc limit ${limit}`.execute(
    db,
  )
  return rows
}
