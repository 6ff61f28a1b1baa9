import type { Db } from '#db/connect.ts'
import { unsentFor } from '#db/notifications.ts'
import { NOTIFY_QUEUE } from '#shared/contracts/queues.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'
import { notifyJobs } from './notify-job.ts'

export type SweeperOptions = {
  readonly db: Db
  readonly queue: Pick<JobQueue, 'insert'>
  readonly nowMs: () => number
  readonly log: Log
}

/** Longer than the longest wait between two tries of a job that is alive and well. */
const UNSENT_MINUTES = 10
const SWEEP_EVERY_MS = 5 * 60_000
/** A mail server that is away for long must not make jobs pile up beside the ones that live. */
const DAY_MS = 24 * 3_600_000

/**
 * Gives a new job to each message that waits without having been sent: its own may be used up after
 * a day of failures, or dropped after two weeks. A second job beside a first that lives does no
 * harm: whichever comes later finds nothing left to send. Says how many jobs it made: at most one of
 * each message in a day.
 */
export function notificationSweeper(options: SweeperOptions): RecurringService<number> {
  const { log } = options
  return recurring({
    name: 'notification sweeper',
    everyMs: SWEEP_EVERY_MS,
    runOnce: () => sweep(options),
    onDone: (made) => {
      if (made > 0) log.warn({ count: made }, 'emails wait unsent: given new jobs')
    },
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'could not look for unsent emails'),
  })
}

async function sweep({ db, queue, nowMs }: SweeperOptions): Promise<number> {
  const waiting = await unsentFor(db, UNSENT_MINUTES)
  const day = String(Math.floor(nowMs() / DAY_MS))
  return queue.insert(NOTIFY_QUEUE, notifyJobs(waiting, day))
}
