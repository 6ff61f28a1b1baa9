import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Db } from '#db/connect.ts'
import { type LiveView, readLiveView } from '#db/live-view.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { errorText } from '#shared/runtime/log.ts'
import { readSettings, SettingsError } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import { type LagWatch, watchLag } from './demo/lag-watch.ts'
import { type Frame, renderDashboard, sitesThatFit } from './demo/render-dashboard.ts'
import { paintFor, unpainted } from './paint.ts'
import { openLiveText } from './terminal.ts'

/**
 * `make demo`: what runs, live, until Ctrl-C or for DEMO_SECONDS. Where the output is no terminal,
 * it is shown once.
 */

const REFRESH_MS = 1_000
const FIRST_LAG_WAIT_MS = 3_000
/** What a snapshot in a file or a pipe may take. */
const SNAPSHOT = { columns: 120, rows: 60 }

function readDemoSettings() {
  return readSettings(
    process.env,
    [...knownSettingNames, 'DEMO_SECONDS', 'DEMO_TARGET_URL'],
    (read) => {
      const variable =
        read.optionalText('DATABASE_ADMIN_URL') === null ? 'DATABASE_URL' : 'DATABASE_ADMIN_URL'
      return {
        connectionString: read.secretUrl(variable, ['postgres:', 'postgresql:']),
        stream: readStreamSettings(read, 'uptick-demo'),
        group: read.text('KAFKA_CONSUMER_GROUP', { default: 'uptick-consumer' }),
        seconds: read.optionalInteger('DEMO_SECONDS', { min: 1, max: 86_400 }),
      }
    },
  )
}

async function main(): Promise<void> {
  const { connectionString, stream, group, seconds } = readDemoSettings()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A listener that stays: the terminal's own ends the process where it is the only one.
    process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()))
  }
  const ended =
    seconds === null
      ? stop.signal
      : AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)])
  const db = connect(
    { connectionString, applicationName: 'uptick demo', maxConnections: 3 },
    () => undefined,
  )
  const lag = watchLag(stream, group)
  try {
    if (process.stdout.isTTY) await showLive(db, lag, ended)
    else await showOnce(db, lag, ended)
  } finally {
    await Promise.all([lag.close(), db.destroy()])
  }
}

async function showOnce(db: Db, lag: LagWatch, ended: AbortSignal): Promise<void> {
  await lag.first(AbortSignal.any([ended, AbortSignal.timeout(FIRST_LAG_WAIT_MS)]))
  const view = await readLiveView(db, sitesThatFit(SNAPSHOT.rows))
  console.log(renderDashboard(view, lag.current(), { ...SNAPSHOT, paint: unpainted }).join('\n'))
}

async function showLive(db: Db, lag: LagWatch, ended: AbortSignal): Promise<void> {
  const live = openLiveText(process.stdout)
  let view: LiveView | null = null
  while (!ended.aborted) {
    const frame = frameOf(process.stdout)
    let trouble: string | null = null
    try {
      view = await readLiveView(db, sitesThatFit(frame.rows))
    } catch (error) {
      trouble = `the database does not answer: ${errorText(error)}`
    }
    const lines = view === null ? [] : renderDashboard(view, lag.current(), frame)
    live.show([...lines, '', trouble ?? 'Ctrl-C ends this view; what runs goes on.'].join('\n'))
    await sleep(REFRESH_MS, undefined, { signal: ended }).catch(() => undefined)
  }
  live.keep()
}

/** The terminal as it is now, with colours as it and NO_COLOR want them. */
function frameOf(stream: NodeJS.WriteStream): Frame {
  return {
    columns: stream.columns,
    // The last line of the view, and the one below it that the cursor is on.
    rows: stream.rows - 2,
    paint: paintFor(stream),
  }
}

try {
  await main()
} catch (error) {
  console.error(`demo: ${errorText(error)}`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
