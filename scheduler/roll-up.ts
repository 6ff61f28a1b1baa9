import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from '#db/connect.ts'
import {
  announceRollup,
  areOver,
  markTransactions,
  recountDirty,
  rollUpLatency,
  rollUpTo,
} from '#db/rollups.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'

export type RollUpOptions = { readonly db: Db; readonly log: Log }

/** What one turn has come to. */
export type RolledUp = {
  /** Pieces of time, five minutes each, or a quarter of an hour far behind. */
  readonly pieces: number
  /** Hours or days of sites whose latency was rolled up. */
  readonly latencies: number
  /** Hours of sites that were counted again, for what came late. */
  readonly recounted: number
}

const EVERY_MS = 5_000
/** A turn ends with these, however far behind it is: a process that stops waits for it. */
const PIECES_MAX = 8
const LATENCY_SITES_AT_ONCE = 1_000
const LATENCY_TURNS_MAX = 8
const RECOUNTED_HOURS_MAX = 1_000
/** For transactions under way to end; the rest is left to the next turn. */
const PATIENCE_TURNS = 40
const PATIENCE_MS = 50

/** Rolls up what is known of sites, a piece at a time. Any number of schedulers may, one at once does. */
export function rollUps(options: RollUpOptions): RecurringService<RolledUp> {
  const { log } = options
  return recurring({
    name: 'rollups',
    everyMs: EVERY_MS,
    runOnce: () => rollUp(options.db),
    onDone: (done) => {
      if (done.pieces + done.recounted > 0) log.debug(done, 'rolled up')
    },
    onTrouble: (error) =>
      log.warn({ error: errorText(error) }, 'could not roll up, will try again'),
  })
}

async function rollUp(db: Db): Promise<RolledUp> {
  const pieces = await repeat(PIECES_MAX, () => rollUpPiece(db))
  const latencies = await repeat(LATENCY_TURNS_MAX, () => rollUpLatency(db, LATENCY_SITES_AT_ONCE))
  const recounted = (await recountDirty(db, RECOUNTED_HOURS_MAX)) ?? 0
  return { pieces, latencies, recounted }
}

/** Adds up what a piece of work did, until there is nothing to do (null) or it was done often enough. */
async function repeat(most: number, work: () => Promise<number | null>): Promise<number> {
  let done = 0
  for (let turn = 0; turn < most; turn++) {
    const count = await work()
    if (count === null) break
    done += count
  }
  return done
}

/**
 * One piece of time. A transaction that read how far is rolled up before the announcement may still
 * commit rows of that time, unmarked: none is rolled up before all of those are over.
 */
export async function rollUpPiece(db: Db): Promise<1 | null> {
  const announced = await announceRollup(db)
  if (announced === null) return null
  const mark = await markTransactions(db)
  for (let turn = 0; !(await areOver(db, mark)); turn++) {
    if (turn >= PATIENCE_TURNS) return null
    await delay(PATIENCE_MS)
  }
  return (await rollUpTo(db, announced)) ? 1 : null
}
