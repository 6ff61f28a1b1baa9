import { connect } from '#db/connect.ts'
import { makePartitions } from '#db/ping-status.ts'
import { makeRollupPartitions } from '#db/rollups.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run } from '#shared/runtime/run.ts'
import { enqueueDueChecks } from './enqueue-due-checks.ts'
import { retention } from './retention.ts'
import { rollUps } from './roll-up.ts'
import { Scheduler } from './scheduler.ts'
import { readSchedulerSettings } from './settings.ts'

/** A hand that has not moved for this long has stopped. */
const STALE_AFTER_MS = 30_000
const MAX_REQUESTS_PER_TICK = 2_000
/** A piece of a large fleet takes some seconds, and a machine that is busy takes it several times that. */
const ROLLUP_TIMEOUT_MS = 120_000

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
    // Of their own: what takes long must not keep the clock hand waiting.
    const rollupDb = await own(
      'database for rollups',
      () =>
        connect(
          {
            connectionString,
            applicationName: 'uptick rollups',
            maxConnections: 1,
            statementTimeoutMs: ROLLUP_TIMEOUT_MS,
          },
          (error) => log.warn({ error: errorText(error) }, 'lost a connection to the database'),
        ),
      (held) => held.destroy(),
    )
    const scheduler = new Scheduler({
      enqueue: () => enqueueDueChecks({ db, queue, maxRequestsPerTick: MAX_REQUESTS_PER_TICK }),
      makePartitions: async () => (await makePartitions(db)) + (await makeRollupPartitions(db)),
      log,
    })
    const staleness = () =>
      Date.now() - scheduler.lastTurnAtMs > STALE_AFTER_MS ? 'the clock hand does not move' : null
    return [
      scheduler,
      rollUps({ db: rollupDb, log }),
      retention({ db: rollupDb, keep: settings.keep, log }),
      healthServer(settings.health, { live: staleness, ready: staleness }),
    ]
  },
)
