import { connect } from '#db/connect.ts'
import { databaseNowMs } from '#db/database-clock.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { type KafkaAdmin, openKafkaAdmin, type TopicLag } from '#shared/runtime/kafka-admin.ts'
import { errorText } from '#shared/runtime/log.ts'
import { type Metrics, openMetrics, sampleOf } from '#shared/runtime/metrics.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run, type Wiring } from '#shared/runtime/run.ts'
import type { Service } from '#shared/runtime/service.ts'
import packageJson from '../package.json' with { type: 'json' }
import { alertRelease } from './alert-release.ts'
import { certificateWatch } from './certificate-watch.ts'
import { countRecords } from './count-records.ts'
import { DeadManPing } from './dead-man-ping.ts'
import { FleetWatch } from './fleet-watch.ts'
import { lagWatch } from './lag-watch.ts'
import { countEmails } from './notify/count-emails.ts'
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
  const metrics = openMetrics({ service: 'consumer', version: packageJson.version })
  const deadMan = deadManPings(wiring, metrics)
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
    nowMs: () => databaseNowMs(db),
    fleet: new FleetWatch(),
    watchers: [countRecords(metrics), ...deadMan],
  })
  tellWaiting(metrics, recorder)
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
    new Notifier({ db, queue, mailer, watcher: countEmails(metrics), log }),
    notificationSweeper({ db, queue, log, nowMs: () => Date.now() }),
    alertRelease({ ...notifying, db, log }),
    certificateWatch({ ...notifying, db, log, days: settings.certificateDays }),
    ...deadMan,
    subscription,
    ...streamWatches(wiring, metrics, recorder, subscription),
    healthServer(settings.health, {
      live: () => null,
      ready: health,
      metrics: { '/metrics': metrics.render },
    }),
  ]
}

/** One, where somebody is to be told that all is well. */
function deadManPings({ settings, log }: Wiring<Settings>, metrics: Metrics): DeadManPing[] {
  const { deadManUrl: url } = settings
  return url === null ? [] : [new DeadManPing({ url, metrics, nowMs: () => Date.now(), log })]
}

function tellWaiting(metrics: Metrics, recorder: Recorder): void {
  metrics.gauge({
    name: 'uptick_consumer_database_waiting',
    help: '1 while a batch is tried again because the database does not take it.',
    read: () => sampleOf(recorder.isWaiting() ? 1 : 0),
  })
}

/** Only Kafka's client can stand still without a word, and only of its stream the lag is not in the database. */
function streamWatches(
  { settings, log, own, stopping, fail }: Wiring<Settings>,
  metrics: Metrics,
  recorder: Recorder,
  subscription: ResultSubscription,
): readonly Service[] {
  const { stream, group } = settings
  if (stream.kind !== 'kafka') return []
  // Connected at the first look: emails must not wait for a broker that is away.
  let admin: Promise<KafkaAdmin> | null = null
  // Only what is ours to handle: a consumer beyond the number of partitions stands idle by right.
  const ownLags = async (): Promise<readonly TopicLag[]> => {
    admin ??= own(
      'kafka admin',
      () => openKafkaAdmin(stream.kafka, log, stopping),
      (held) => held.close(),
    )
    const ours = new Set(subscription.partitions())
    return (await (await admin).lag(group)).filter(({ partition }) => ours.has(partition))
  }
  const lag = async () => (await ownLags()).reduce((sum, partition) => sum + partition.lag, 0)
  const { handled, isWaiting } = recorder
  return [
    new ProgressWatchdog({ lag, handled, isWaiting, onStandstill: fail, log }),
    lagWatch({ metrics, read: ownLags, nowMs: () => Date.now(), log }),
  ]
}
