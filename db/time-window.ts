import { type RawBuilder, sql } from 'kysely'

/** From an instant on, and before another: `fromMs` is within, `toMs` is not. */
export type TimeWindow = { readonly fromMs: number; readonly toMs: number }

/** The two as arguments of a function of SQL. */
export function boundsOf({ fromMs, toMs }: TimeWindow): RawBuilder<unknown> {
  return sql`${new Date(fromMs)}::timestamptz, ${new Date(toMs)}::timestamptz`
}

/** Site ids as an argument; null: all sites. */
export function sitesOf(siteIds: readonly number[] | null): RawBuilder<unknown> {
  return sql`${siteIds === null ? null : [...siteIds]}::bigint[]`
}
