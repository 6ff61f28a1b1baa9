import { type PipelineFigures, siteStates } from '#db/pipeline-figures.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type Metrics, sampleOf } from '#shared/runtime/metrics.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'

export type FiguresOptions = {
  readonly metrics: Metrics
  readonly read: () => Promise<PipelineFigures>
  readonly nowMs: () => number
  readonly log: Log
}

/** Often enough for a scrape each 15 s, seldom enough to cost nothing. */
const READ_EVERY_MS = 5_000
/** Older figures would be told as if they were still so. */
const KEPT_MS = 60_000

type Known = { readonly figures: PipelineFigures; readonly atMs: number }

/**
 * Asks the database every 5 s how the pipeline stands, and tells the last answer: no scrape waits
 * for it. What is older than a minute is not told any more; its age is.
 */
export function figuresWatch(options: FiguresOptions): RecurringService<PipelineFigures> {
  const { metrics, read, nowMs, log } = options
  let known: Known | null = null
  const startedAtMs = nowMs()
  const fresh = () => (known !== null && nowMs() - known.atMs <= KEPT_MS ? known.figures : null)
  metrics.gauge({
    name: 'uptick_scheduler_figures_age_seconds',
    help: 'How long ago the database was last asked for the figures below (since the start: never).',
    read: () => sampleOf((nowMs() - (known?.atMs ?? startedAtMs)) / 1_000),
  })
  tellQueues(metrics, fresh)
  tellSites(metrics, fresh)
  tellNotifications(metrics, fresh)
  const runOnce = async () => {
    const figures = await read()
    known = { figures, atMs: nowMs() }
    return figures
  }
  return recurring({
    name: 'figures watch',
    everyMs: READ_EVERY_MS,
    runOnce,
    onDone: () => undefined,
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'cannot read the figures'),
  })
}

type Fresh = () => PipelineFigures | null

function tellQueues(metrics: Metrics, fresh: Fresh): void {
  metrics.gauge({
    name: 'uptick_queue_jobs',
    help: 'Jobs in a queue: waiting to be fetched, or active (fetched and not settled).',
    labels: ['queue', 'state'],
    read: () =>
      (fresh()?.queues ?? []).flatMap(({ queue, waiting, active }) => [
        { value: waiting, labels: { queue, state: 'waiting' } },
        { value: active, labels: { queue, state: 'active' } },
      ]),
  })
  metrics.gauge({
    name: 'uptick_queue_oldest_seconds',
    help: 'Age of the oldest job that waits in a queue; 0: none does.',
    labels: ['queue'],
    read: () =>
      (fresh()?.queues ?? []).map(({ queue, oldestSeconds }) => ({
        value: oldestSeconds,
        labels: { queue },
      })),
  })
}

function tellSites(metrics: Metrics, fresh: Fresh): void {
  metrics.gauge({
    name: 'uptick_sites',
    help: 'Sites by state: up, down or unknown as far as they are watched, disabled, or invalid.',
    labels: ['state'],
    read: () => {
      const sites = fresh()?.sites
      if (sites === undefined) return []
      return siteStates.map((state) => ({ value: sites[state], labels: { state } }))
    },
  })
  metrics.gauge({
    name: 'uptick_outages_open',
    help: 'Outages that have not ended.',
    read: () => sampleOf(fresh()?.openOutages ?? null),
  })
}

function tellNotifications(metrics: Metrics, fresh: Fresh): void {
  metrics.gauge({
    name: 'uptick_notifications_unsent',
    help: 'Messages that were queued, and neither sent nor given up.',
    read: () => sampleOf(fresh()?.unsentNotifications ?? null),
  })
  metrics.gauge({
    name: 'uptick_notification_oldest_unsent_seconds',
    help: 'How long the oldest of them has waited; 0: there is none.',
    read: () => sampleOf(fresh()?.oldestUnsentSeconds ?? null),
  })
}
