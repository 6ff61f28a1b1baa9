import type { Db } from './connect.ts'
import { databaseNowMs } from './database-clock.ts'
import { migrationState } from './migrate.ts'

/** A record may be as far ahead of a consumer's clock before it is refused as one of the future. */
export const CLOCK_APART_MAX_MS = 60_000

/**
 * Why a service must not start on this database with this clock, as one line for whoever mends it;
 * null: it may. A schema that is newer than the code is none of that: migrations only add at first,
 * so that the version before runs on while they are applied.
 */
export async function whyNotToStart(db: Db, nowMs: () => number): Promise<string | null> {
  const { pending } = await migrationState(db)
  const [first] = pending
  if (first !== undefined) {
    const more = pending.length === 1 ? '' : ` and ${pending.length - 1} more`
    return `the schema is older than this version, ${first}${more} is not applied: run make migrate`
  }
  const askedAtMs = nowMs()
  return whyClocksDiffer(await databaseNowMs(db), askedAtMs, nowMs())
}

/** The database looked at its clock at some time between the question and its answer. */
function whyClocksDiffer(databaseMs: number, askedAtMs: number, toldAtMs: number): string | null {
  const apartMs = Math.max(askedAtMs - databaseMs, databaseMs - toldAtMs)
  if (apartMs <= CLOCK_APART_MAX_MS) return null
  const [ours, theirs] = [askedAtMs, databaseMs].map((ms) => new Date(ms).toISOString())
  return `the clock of this machine says ${ours}, that of the database ${theirs}: set them right`
}
