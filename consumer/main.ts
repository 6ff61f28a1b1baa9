import { connect } from '#db/connect.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { type KafkaAdmin, openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run, type Wiring } from '#shared/runtime/run.ts'
import type { Service } from '#shared/runtime/service.ts'
import { alertRelease } from './alert-release.ts'
import { certificateWatch } from './certificate-watch.ts'
import { FleetWatch } from './fleet-watch.ts'
import { openMailer } from './notify/mailer.ts'
import { notificationSweeper } from './notify/notification-sweeper.ts'
import { Notifier } from './notify/notifier.ts'
import { ProgressWatchdog } from './progress-watchdog.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { type ResultSubscription, resultSubscription } from './result-subscription.ts'
import { readConsumerSettings } from './settings.ts'

type Settings = ReturnType<typeof readConsumerSettings>

const APPLICATION = 'uptick consumer'

await run('consumer', () => readConsumerSettings(process.env), wire)

async function wire(wiring: Wiring<Settings>): Promise<readonly Service[]> {
  const { settings, log, own, stopping, fail } = wiring
  const { databaseUrl: connectionString, stream, group, mail } = settings
  if (mail.defaultRecipients.length === 0) {
    log.warn(
      'ALERT_EMAIL_TO is empty: outages of sites without alert_emails will be told to nobody',
    )
  }
  const db = await own(
    'database',
    () =>
      connect({ connectionString, applicationName: APPLICATION, maxConnections: 5 }, (error) =>
        log.warn({ error: errorText(error) }, 'lost a connection to the database'),
      ),
    (held) => held.destroy(),
  )
  const queueName = `${APPLICATION} queue`
  const queue = await own(
    'queue',
    () =>
      openQueue(
        { connectionString, applicationName: queueName, maxConnections: 3, supervises: true },
        log,
        stopping,
      ),
    (held) => held.close(),
  )
  const mailer = await own(
    'mailer',
    () => openMailer(mail),
    (held) => held.close(),
  )
  const notifying = {
    queue,
    defaultRecipients: mail.defaultRecipients,
    messageIdDomain: mail.messageIdDomain,
    flapping: settings.flapping,
  }
  const recorder = openRecorder({
    ...notifying,
    db,
    log,
    stopping,
    nowMs: () => Date.now(),
    fleet: new FleetWatch(),
  })
  const { handle } = recorder
  const subscription = resultSubscription({
    stream,
    queue,
    group,
    handle,
    onDead: fail,
    log,
    stopping,
  })
  const health = () => (recorder.isWaiting() ? 'waits for the database' : null)
  return [
    new Notifier({ db, queue, mailer, log }),
    notificationSweeper({ db, queue, log, nowMs: () => Date.now() }),
    alertRelease({ ...notifying, db, log }),
    certificateWatch({ ...notifying, db, log, days: settings.certificateDays }),
    subscription,
    ...watchdogs(wiring, recorder, subscription),
    healthServer(settings.health, { live: () => null, ready: health }),
  ]
}

/** Only Kafka's client can stand still without a word; the queue's pump asks again by itself. */
function watchdogs(
  { settings, log, own, stopping, fail }: Wiring<Settings>,
  recorder: Recorder,
  subscription: ResultSubscription,
): readonly Service[] {
  const { stream, group } = settings
  if (stream.kind !== 'kafka') return []
  // Connected at the first look: emails must not wait for a broker that is away.
  let admin: Promise<KafkaAdmin> | null = null
  // Only what is ours to handle: a consumer beyond the number of partitions stands idle by right.
  const lag = async () => {
    admin ??= own(
      'kafka admin',
      () => openKafkaAdmin(stream.kafka, log, stopping),
      (held) => held.close(),
    )
    const ours = new Set(subscription.partitions())
    const waiting = (await (await admin).lag(group)).filter(({ partition }) => ours.has(partition))
    return waiting.reduce((sum, partition) => sum + partition.lag, 0)
  }
  const { handled, isWaiting } = recorder
  return [new ProgressWatchdog({ lag, handled, isWaiting, onStandstill: fail, log })]
}
