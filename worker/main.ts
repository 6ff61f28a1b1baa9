import { healthServer } from '#shared/runtime/health-server.ts'
import { type Metrics, openMetrics, sampleOf } from '#shared/runtime/metrics.ts'
import { openQueue } from '#shared/runtime/queue.ts'
import { run } from '#shared/runtime/run.ts'
import packageJson from '../package.json' with { type: 'json' }
import { countChecks } from './count-checks.ts'
import { openPublisher } from './open-publisher.ts'
import { openProbers } from './probe/open-probers.ts'
import { performCheck } from './probe/perform-check.ts'
import { SECRET_BYTES_MAX, secretFiles } from './probe/secret-files.ts'
import { secretsOf } from './probe/secrets-of.ts'
import { QueueClock } from './queue-clock.ts'
import { askRoute } from './self-watch/ask-route.ts'
import { CanaryWatch } from './self-watch/canary-watch.ts'
import { ClockWatch } from './self-watch/clock-watch.ts'
import { NameWatch } from './self-watch/name-watch.ts'
import { openSelfWatch } from './self-watch/open-self-watch.ts'
import { readWorkerSettings } from './settings.ts'
import { openWorker } from './worker.ts'

/** A worker that has not asked the queue for this long is stuck; one that waits for its stream is not. */
const STALE_AFTER_MS = 60_000

await run(
  'worker',
  () => readWorkerSettings(process.env),
  async ({ settings, log, own, stopping }) => {
    const { allowPrivateTargets, concurrency, dnsServers, name, secretsDir } = settings
    log.info(
      { worker: name, concurrency, allow_private_targets: allowPrivateTargets },
      allowPrivateTargets
        ? 'sites on private and loopback addresses may be watched (ALLOW_PRIVATE_TARGETS=true); metadata and link-local never'
        : 'sites on private and loopback addresses are refused (ALLOW_PRIVATE_TARGETS=false)',
    )
    const queue = await own(
      'queue',
      () =>
        openQueue(
          {
            connectionString: settings.databaseUrl,
            applicationName: `uptick worker ${name}`,
            maxConnections: 3,
            supervises: false,
          },
          log,
          stopping,
        ),
      (held) => held.close(),
    )
    const publisher = await own(
      'result stream',
      () => openPublisher(settings.stream, queue, log, stopping),
      (held) => held.close(),
    )
    const names = new NameWatch(dnsServers.length > 0 ? { servers: dnsServers } : {})
    const prober = openProbers({
      version: packageJson.version,
      allowPrivateTargets,
      dnsServers,
      secretsDir,
      onResolved: (name) => names.remember(name),
    })
    const selfWatch = openSelfWatch({
      clock: new ClockWatch(log),
      names,
      canaries: new CanaryWatch({ urls: settings.canaryUrls, prober, log }),
      askRoute,
    })
    const readSecret = secretFiles({ folder: secretsDir, bytesMax: SECRET_BYTES_MAX })
    const clock = new QueueClock({ ask: queue.nowMs, log })
    const metrics = openMetrics({ service: 'worker', version: packageJson.version })
    const worker = openWorker({
      queue,
      publisher,
      perform: (check, checkId) =>
        performCheck(check, {
          checkId,
          prober,
          clock,
          selfWatch,
          secretsOf: secretsOf(readSecret),
          worker: name,
        }),
      clock,
      name,
      concurrency,
      watcher: countChecks(metrics),
      log,
    })
    tellState(metrics, worker)
    tellOffset(metrics, clock)
    const startedAtMs = Date.now()
    const staleness = () => {
      const { lastFetchAtMs, inFlight, unsettled } = worker.state
      const isIdle = inFlight + unsettled === 0
      const isStale = Date.now() - Math.max(lastFetchAtMs, startedAtMs) > STALE_AFTER_MS
      return isIdle && isStale ? 'no answer from the queue' : null
    }
    const health = healthServer(settings.health, {
      live: staleness,
      ready: staleness,
      metrics: { '/metrics': metrics.render },
    })
    return [clock, selfWatch, worker, health]
  },
)

function tellState(metrics: Metrics, worker: ReturnType<typeof openWorker>): void {
  metrics.gauge({
    name: 'uptick_worker_checks_in_flight',
    help: 'Checks that are being made.',
    read: () => sampleOf(worker.state.inFlight),
  })
  metrics.gauge({
    name: 'uptick_worker_results_unsettled',
    help: 'Results that the stream has not taken yet; at 5,000 no more jobs are fetched.',
    read: () => sampleOf(worker.state.unsettled),
  })
}

function tellOffset(metrics: Metrics, clock: QueueClock): void {
  metrics.gauge({
    name: 'uptick_worker_clock_offset_seconds',
    help: "How far the clock of this worker's host is ahead of the database's, which is used instead.",
    read: () => sampleOf(clock.offsetSeconds()),
  })
}
