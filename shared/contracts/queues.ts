/** The queues that cross a process border, with their names and promises. */

/** From the scheduler to the workers: one job per site and slot. */
export const CHECK_QUEUE = 'check'
/**
 * From the scheduler to the workers: checks of a result that contradicted a site's status. Apart from
 * the rest, so that a worker can leave those to another one that it made necessary itself.
 */
export const RECHECK_QUEUE = 'recheck'
/** From the consumer to its notifier: one job per notification. */
export const NOTIFY_QUEUE = 'notify'
/** From the workers to the consumer, when RESULT_STREAM=postgres: one job per batch of results. */
export const RESULT_QUEUE = 'result'

const HOUR = 3_600
const DAY = 24 * HOUR

export const queueDefinitions = [
  {
    name: CHECK_QUEUE,
    ownTable: true,
    // Retries are for trouble of ours: a lost worker, a stream that is away. A site being down is a result.
    retryLimit: 5,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 1,
    expireInSeconds: 30,
    retentionSeconds: HOUR,
    deleteAfterSeconds: 60,
  },
  {
    name: RECHECK_QUEUE,
    ownTable: true,
    retryLimit: 5,
    // A re-check that a worker passes on is there for the next one at once.
    retryDelaySeconds: 0,
    retryDelayMaxSeconds: 0,
    expireInSeconds: 30,
    retentionSeconds: HOUR,
    deleteAfterSeconds: 60,
  },
  {
    name: NOTIFY_QUEUE,
    ownTable: false,
    // More than a day of tries, a minute apart at the most: a mail server may be away over night.
    retryLimit: 2_000,
    retryDelaySeconds: 2,
    retryDelayMaxSeconds: 60,
    // A little longer than a claim on the message lasts: a killed notifier's emails go out soon after.
    expireInSeconds: 75,
    retentionSeconds: 14 * DAY,
    deleteAfterSeconds: HOUR,
  },
  {
    name: RESULT_QUEUE,
    ownTable: true,
    // A result that was acknowledged is never given up.
    retryLimit: 1_000_000,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 30,
    expireInSeconds: 60,
    retentionSeconds: 14 * DAY,
    deleteAfterSeconds: 60,
  },
] as const
