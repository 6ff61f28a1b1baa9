import { connect } from '#db/connect.ts'
import { noteCalls } from '#db/heartbeats.ts'
import { listen } from '#db/listen.ts'
import { isRetryable } from '#db/retryable.ts'
import { healthServer } from '#shared/runtime/health-server.ts'
import { errorText } from '#shared/runtime/log.ts'
import { run } from '#shared/runtime/run.ts'
import { webApp } from './app.ts'
import { openAssets } from './assets.ts'
import { CallRecorder } from './call-recorder.ts'
import { changeFeed } from './change-feed.ts'
import { readWebSettings } from './settings.ts'
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
  async ({ settings, log, own }) => {
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
    const loads = await open('web loads', 1, LOAD_STATEMENT_TIMEOUT_MS)
    if (settings.pages.dashboardPassword === null)
      log.info('no DASHBOARD_PASSWORD is set: there is no dashboard')
    const recorder = new CallRecorder({
      note: (calls) => noteCalls(db, calls),
      isRetryable,
      nowMs: () => Date.now(),
      log,
    })
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
      record: (call) => recorder.record(call),
      db,
      loads,
      assets: openAssets(),
      changes,
      pages: settings.pages,
      nowMs: () => Date.now(),
      log,
    })
    const trouble = () => recorder.trouble()
    return [
      new WebServer(settings.web, app.fetch),
      // Stops first: open streams end with it, and are not waited for.
      changes,
      healthServer(settings.health, { live: () => null, ready: trouble }),
    ]
  },
)
