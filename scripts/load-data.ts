import path from 'node:path'
import { connect } from '#db/connect.ts'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { errorText } from '#shared/runtime/log.ts'
import { readSettings, SettingsError } from '#shared/runtime/settings.ts'
import { loadSites, type Progress } from '../site-file/load-sites.ts'
import { openSource, SourceError } from '../site-file/open-source.ts'
import { progressBar } from './load-data/progress-bar.ts'
import { reportText } from './load-data/report-text.ts'
import { openLiveText } from './terminal.ts'

/** `make load-data [FILE=sites.csv|.yaml|.yml|.json] [DRY_RUN=1]`: loads sites into the database, all or none. */

const shippedFiles = path.join(import.meta.dirname, 'load-data')
const samples = path.join(shippedFiles, 'samples.yaml')
const DEMO_TARGET_URL = 'http://127.0.0.1:8099'
const REDRAW_EVERY_MS = 100

const sampleNotes = `
What happens next:
  the first results within seconds:    make sql Q="select c.name, s.status, s.last_failure from sites s join site_config c on c.id = s.site_id order by 1"
  a demo outage, its email and its recovery's within 2 minutes:    make mail
  all of it live:                      make demo`

const notes = `
What happens next: each site is checked within seconds and from then on at its cadence.
  make sql Q="select status, count(*) from sites group by 1"
  make sql Q="select url, invalid_reason from site_config where validity = 'invalid'"`

function readLoadSettings() {
  const own = ['FILE', 'DRY_RUN', 'DEMO_TARGET_URL']
  return readSettings(process.env, [...knownSettingNames, ...own], (read) => {
    const variable =
      read.optionalText('DATABASE_ADMIN_URL') === null ? 'DATABASE_URL' : 'DATABASE_ADMIN_URL'
    return {
      connectionString: read.secretUrl(variable, ['postgres:', 'postgresql:']),
      file: read.optionalText('FILE'),
      isRehearsal: read.flag('DRY_RUN', { default: false }),
      demoTargetUrl: read.text('DEMO_TARGET_URL', { default: DEMO_TARGET_URL }).replace(/\/+$/, ''),
    }
  })
}

async function main(): Promise<void> {
  const settings = readLoadSettings()
  const file = settings.file ?? samples
  const source = await openSource(file, variablesOf(file, settings.demoTargetUrl))
  const live = openLiveText(process.stderr)
  const db = connect(
    {
      connectionString: settings.connectionString,
      applicationName: 'uptick load-data',
      maxConnections: 1,
    },
    () => undefined,
  )
  try {
    const mode = settings.isRehearsal ? 'rehearse' : 'load'
    const outcome = await loadSites(db, source, { mode, onProgress: drawnNowAndThen(live.show) })
    live.clear()
    const report = reportText(outcome, path.relative('.', file))
    if (outcome.outcome === 'refused') throw new SourceError(report)
    console.log(report)
    if (outcome.outcome === 'loaded') console.log(settings.file === null ? sampleNotes : notes)
  } finally {
    live.clear()
    await db.destroy()
  }
}

/** Files that ship watch the demo target, wherever it is; in a file of yours a dollar sign is just that. */
function variablesOf(file: string, demoTargetUrl: string): Readonly<Record<string, string>> {
  if (path.dirname(path.resolve(file)) !== shippedFiles) return {}
  const address = demoTargetUrl.replace(/^https?:\/\//, '')
  return { DEMO_TARGET_URL: demoTargetUrl, DEMO_TARGET_ADDRESS: address }
}

function drawnNowAndThen(show: (text: string) => void): (progress: Progress) => void {
  let drawnAtMs = 0
  return (progress) => {
    if (Date.now() - drawnAtMs < REDRAW_EVERY_MS) return
    drawnAtMs = Date.now()
    show(progressBar(progress, process.stderr.columns ?? 80))
  }
}

/** The schema is not there, or not ours to write: a hint says more than the database's words. */
function hintFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === '42P01') return ' (run `make migrate` first)'
  if (code === '42501') return ' (DATABASE_ADMIN_URL must be the owner of the schema)'
  if (code === 'ECONNREFUSED') return ' (is the database running? `make start`)'
  return ''
}

try {
  await main()
} catch (error) {
  const isRefusal = error instanceof SourceError
  console.error(isRefusal ? error.message : `load-data: ${errorText(error)}${hintFor(error)}`)
  process.exit(error instanceof SettingsError ? 78 : 1)
}
