import { connect } from '#db/connect.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { openKafkaAdmin } from '#shared/runtime/kafka-stream.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run } from '#shared/runtime/run.ts'
import { openRecorder } from './recorder.ts'
import { resultSubscription } from './result-subscription.ts'
import { ProgressWatchdog } from './progress-watchdog.ts'
import { readConsumerSettings } from './settings.ts'

const APPLICATION = 'uptick consumer'

await run('consumer', () => readConsumerSettings(process.env), async ({ settings, log, own, stopping, fail }) => {
  const { databaseUrl: connectionString, stream, group } = settings
  const db = await own(
    'database',
    () =>
      connect({ connectionString, applicationName: APPLICATION, maxConnections: 4 }, (error) =>
        log.warn({ error: errorText(error) }, 'lost a connection to the database'),
      ),
    (held) => held.destroy(),
  )
  const queue = await own(
    'queue',
    () => openQueue({ connectionString, applicationName: `${APPLICATION} queue`, maxConnections: 3, supervises: true }, log, stopping),
    (held) => held.close(),
  )
  const recorder = openRecorder({
    db,
    queue,
    log,
    stopping,
    nowMs: () => Date.now(),
    defaultRecipients: ['ops@example.org'],
    messageIdDomain: 'example.org',
  })
  const subscription = resultSubscription({ stream, queue, group, handle: recorder.handle, onDead: fail, log, stopping })
  return [subscription]
})
