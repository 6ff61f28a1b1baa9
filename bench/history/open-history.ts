import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { type RunningPostgres, startPostgres } from '../../scripts/support/postgres.ts'
import { writeNewestWords, writeSentEmails } from '../../test/support/newest-words.ts'
import { generateResults } from './generate-results.ts'
import { generateRollups } from './generate-rollups.ts'
import { generateSites } from './generate-sites.ts'
import { DAY_MS, type HistoryShape, shapeOf } from './history-shape.ts'

export type OpenHistory = {
  readonly postgres: RunningPostgres
  readonly db: Db
  readonly shape: HistoryShape
  close(): Promise<void>
}

const say = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`)

/** The database with the generated history: as it was left in the folder, or made now. Migrated to this version of the code. */
export async function openHistory(folder: string, rows: number): Promise<OpenHistory> {
  await mkdir(folder, { recursive: true })
  const noteFile = path.join(folder, `history-${rows}.json`)
  const dataDir = path.join(folder, `postgres-${rows}`)
  if (!(await isThere(noteFile))) await makeHistory(dataDir, noteFile, rows)
  const shape: HistoryShape = JSON.parse(await readFile(noteFile, 'utf8'))
  // As it ships: what is measured is measured with its settings.
  const postgres = await startPostgres({ dataDir, durable: true })
  const db = openDatabase(postgres.url)
  await migrateTo(db, postgres.url)
  if (!(await hasRollups(db))) {
    say('rolling up a year')
    await generateRollups(db, shape)
  }
  return {
    postgres,
    db,
    shape,
    async close() {
      await db.destroy()
      await postgres.stop()
    },
  }
}

async function makeHistory(dataDir: string, noteFile: string, rows: number): Promise<void> {
  // Whatever was cut off half way is begun again.
  await rm(dataDir, { recursive: true, force: true })
  const shape = shapeOf(rows, Date.now())
  say(`making ${rows} rows of ${shape.sites} sites in ${dataDir}`)
  const postgres = await startPostgres({ dataDir, durable: false })
  const db = openDatabase(postgres.url)
  await migrateTo(db, postgres.url)
  await generateSites(db, shape)
  await generateResults(db, shape, (day, count) => say(`${day}: ${count} rows`))
  await writeNewestWords(db)
  await writeSentEmails(db, shape.nowMs - shape.rawDays * DAY_MS)
  await sql`vacuum analyze`.execute(db)
  await writeFile(noteFile, `${JSON.stringify(shape, null, 2)}\n`)
  await db.destroy()
  await postgres.stop()
}

async function hasRollups(db: Db): Promise<boolean> {
  const { rows } = await sql`select from site_months limit 1`.execute(db)
  return rows.length > 0
}

const openDatabase = (url: string): Db =>
  connect(
    {
      connectionString: url,
      applicationName: 'bench reports',
      maxConnections: 4,
      statementTimeoutMs: 0,
    },
    () => undefined,
  )

async function migrateTo(db: Db, url: string): Promise<void> {
  const log = openLog('bench', 'silent')
  await migrate(db, {
    rolePassword: 'bench',
    installQueues: () => installQueues(url, queueDefinitions, log),
  })
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
