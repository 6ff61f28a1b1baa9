import { connect } from '#db/connect.ts'
import { noteCalls } from '#db/heartbeats.ts'
import { listen } from '#db/listen.ts'
import { isRetryable } from '#db/retryable.ts'
import { readSeenSites } from '#db/seen-sites.ts'
import { whyNotToStart } from '#db/start-conditions.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { errorText } from '#shared/runtime/log.ts'
import { openMetrics } from '#shared/runtime/metrics.ts'
import { run } from '#shared/runtime/run.ts'
import { startUnless } from '#shared/runtime/start-unless.ts'
import packageJson from '../package.json' with { type: 'json' }
import { webApp } from './app.ts'
import { openAssets } from './assets.ts'
import { CallRecorder } from './call-recorder.ts'
import { changeFeed } from './change-feed.ts'
import { countCalls, countRequests } from './count-requests.ts'
import { readWebSettings } from './settings.ts'
import { type SitesWatch, sitesWatch } from './sites-watch.ts'
import { WebServer } from './web-server.ts'

/** Short: a job that calls does not wait for long. */
const STATEMENT_TIMEOUT_MS = 4_000
/** A statement of a load has 10,000 sites. */
const LOAD_STATEMENT_TIMEOUT_MS = 10_000
/** What triggers of migration 0007 say. */
const CHANGES_CHANNEL = 'uptick_changed'

await run(
  'web',
  () => readWebSettings(process.env),
  async ({ settings, log, own, stopping }) => {
    const open = (name: string, maxConnections: number, statementTimeoutMs: number) => {
      const connectionString = settings.databaseUrl
      const applicationName = `uptick ${name}`
      return own(
        name,
        () =>
          connect(
            { connectionString, applicationName, maxConnections, statementTimeoutMs },
            (error) => log.warn({ error: errorText(error) }, 'lost a connection to the database'),
          ),
        (held) => held.destroy(),
      )
    }
    const db = await open('web', 8, STATEMENT_TIMEOUT_MS)
    const conditions = { log, stopping, isRetryable, whenAway: 'go_on' } as const
    await startUnless(() => whyNotToStart(db, Date.now), conditions)
    const loads = await open('web loads', 1, LOAD_STATEMENT_TIMEOUT_MS)
    if (settings.pages.dashboardPassword === null)
      log.info('no DASHBOARD_PASSWORD is set: there is no dashboard')
    const recorder = new CallRecorder({
      note: (calls) => noteCalls(db, calls),
      isRetryable,
      nowMs: () => Date.now(),
      log,
    })
    const metrics = openMetrics({ service: 'web', version: packageJson.version })
    const changes = changeFeed((onNotified) =>
      listen({
        connectionString: settings.databaseUrl,
        applicationName: 'uptick web changes',
        channel: CHANGES_CHANNEL,
        onNotified,
        onTrouble: (error) => log.warn({ error: errorText(error) }, 'changes are not heard of'),
      }),
    )
    const app = webApp({
      record: countCalls(metrics, (call) => recorder.record(call)),
      db,
      loads,
      assets: openAssets(),
      changes,
      pages: settings.pages,
      onRequest: countRequests(metrics),
      nowMs: () => Date.now(),
      log,
    })
    const sites = settings.probeMetrics
      ? [sitesWatch({ read: () => readSeenSites(db), nowMs: () => Date.now(), log })]
      : []
    const trouble = () => recorder.trouble()
    return [
      ...sites,
      new WebServer(settings.web, app.fetch),
      // Stops before the server: open streams end with it, and are not waited for.
      changes,
      healthServer(settings.health, {
        live: () => null,
        ready: trouble,
        metrics: { '/metrics': metrics.render, '/metrics/sites': () => renderSites(sites) },
      }),
    ]
  },
)

/** A page without figures is no error: a scraper would take us for dead. */
function renderSites([watch]: readonly SitesWatch[]): string {
  return watch?.render() ?? '# PROBE_METRICS=true shows each site here\n'
}
