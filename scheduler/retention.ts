import type { Db } from '#db/connect.ts'
import { dropOldPartitions, type Retention } from '#db/rollups.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'

export type RetentionOptions = {
  readonly db: Db
  readonly keep: Retention
  readonly log: Log
}

const EVERY_MS = 600_000

/** Drops what is older than it is to be kept, a partition at a time. Any number may run. */
export function retention({
  db,
  keep,
  log,
}: RetentionOptions): RecurringService<readonly string[]> {
  return recurring({
    name: 'retention',
    everyMs: EVERY_MS,
    runOnce: () => dropOldPartitions(db, keep),
    onDone: (dropped) => {
      if (dropped.length > 0) log.info({ dropped }, 'partitions dropped that were kept long enough')
    },
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'could not drop old partitions'),
  })
}
