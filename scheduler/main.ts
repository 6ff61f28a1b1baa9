import { connect } from '#db/connect.ts'
import { makePartitions } from '#db/ping-status.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run } from '#shared/runtime/run.ts'
import { enqueueDueChecks } from './enqueue-due-checks.ts'
import { Scheduler } from './scheduler.ts'
import { readSchedulerSettings } from './settings.ts'

/** A hand that has not moved for this long has stopped. */
const STALE_AFTER_MS = 30_000
const MAX_REQUESTS_PER_TICK = 2_000

await run(
  'scheduler',
  () => readSchedulerSettings(process.env),
  async ({ settings, log, own, stopping }) => {
    const connectionString = settings.databaseUrl
    const db = await own(
      'database',
      () =>
        connect(
          { connectionString, applicationName: 'uptick scheduler', maxConnections: 2 },
          (error) => log.warn({ error: errorText(error) }, 'lost a connection to the database'),
        ),
      (held) => held.destroy(),
    )
    const queue = await own(
      'queue',
      () =>
        openQueue(
          {
            connectionString,
            applicationName: 'uptick scheduler queue',
            maxConnections: 3,
            supervises: true,
          },
          log,
          stopping,
        ),
      (held) => held.close(),
    )
    const scheduler = new Scheduler({
      enqueue: () => enqueueDueChecks({ db, queue, maxRequestsPerTick: MAX_REQUESTS_PER_TICK }),
      makePartitions: () => makePartitions(db),
      log,
    })
    const staleness = () =>
      Date.now() - scheduler.lastTurnAtMs > STALE_AFTER_MS ? 'the clock hand does not move' : null
    return [scheduler, healthServer(settings.health, { live: staleness, ready: staleness })]
  },
)
