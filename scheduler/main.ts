import { connect } from '#db/connect.ts'
import { makePartitions } from '#db/ping-status.ts'
import { readPipelineFigures } from '#db/pipeline-figures.ts'
import { isRetryable } from '#db/retryable.ts'
import { makeRollupPartitions } from '#db/rollups.ts'
import { whyNotToStart } from '#db/start-conditions.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openMetrics, sampleOf } from '#shared/runtime/metrics.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run } from '#shared/runtime/run.ts'
import { startUnless } from '#shared/runtime/start-unless.ts'
import packageJson from '../package.json' with { type: 'json' }
import { countTurns } from './count-turns.ts'
import { enqueueDueChecks } from './enqueue-due-checks.ts'
import { figuresWatch } from './figures-watch.ts'
import { retention } from './retention.ts'
import { rollUps } from './roll-up.ts'
import { Scheduler } from './scheduler.ts'
import { readSchedulerSettings } from './settings.ts'

/** A hand that has not moved for this long has stopped. */
const STALE_AFTER_MS = 30_000
const MAX_REQUESTS_PER_TICK = 2_000
/** A piece of a large fleet takes some seconds, and a machine that is busy takes it several times that. */
const ROLLUP_TIMEOUT_MS = 120_000

const queueNames = queueDefinitions.map(({ name }) => name)

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
    const conditions = { log, stopping, isRetryable, whenAway: 'wait' } as const
    await startUnless(() => whyNotToStart(db, Date.now), conditions)
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
    const metrics = openMetrics({ service: 'scheduler', version: packageJson.version })
    const scheduler = new Scheduler({
      enqueue: countTurns(metrics, () =>
        enqueueDueChecks({ db, queue, maxRequestsPerTick: MAX_REQUESTS_PER_TICK }),
      ),
      makePartitions: async () => (await makePartitions(db)) + (await makeRollupPartitions(db)),
      log,
    })
    const handLagMs = () => Date.now() - scheduler.lastTurnAtMs
    metrics.gauge({
      name: 'uptick_scheduler_hand_lag_seconds',
      help: 'How long ago the clock hand was last moved, by this scheduler or by another.',
      read: () => sampleOf(handLagMs() / 1_000),
    })
    const figures = figuresWatch({
      metrics,
      read: () => readPipelineFigures(db, queueNames),
      nowMs: () => Date.now(),
      log,
    })
    const staleness = () => (handLagMs() > STALE_AFTER_MS ? 'the clock hand does not move' : null)
    return [
      scheduler,
      rollUps({ db: rollupDb, log }),
      retention({ db: rollupDb, keep: settings.keep, log }),
      figures,
      healthServer(settings.health, {
        live: staleness,
        ready: staleness,
        metrics: { '/metrics': metrics.render },
      }),
    ]
  },
)
