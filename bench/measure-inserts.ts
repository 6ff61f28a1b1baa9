import { sql } from 'kysely'
import type { Trx } from '#db/connect.ts'
import { insertResults, makePartitions, type ResultRow } from '#db/ping-status.ts'
import type { OpenHistory } from './history/open-history.ts'
import { usageOf } from './process-usage.ts'

export type InsertFigures = {
  readonly what: string
  readonly rowsPerSecond: number
  /** Of Postgres alone. */
  readonly cpuMicrosPerRow: number
}

const ROWS_PER_STATEMENT = 2_000
const STATEMENTS = 50

/** What a result costs Postgres as it is stored beside 50 million others, with the triggers that keep rollups and without. Nothing stays. */
export async function measureInserts(history: OpenHistory): Promise<readonly InsertFigures[]> {
  await makePartitions(history.db)
  const nowMs = Math.floor(Date.now() / 1000) * 1000
  const lateMs = history.shape.nowMs - 6 * 3_600_000
  const measure = (what: string, newestMs: number, hasTriggers: boolean) =>
    insertAndForget(history, what, { newestMs, hasTriggers })
  await measure('to warm up', nowMs, true)
  return [
    await measure('new results', nowMs, true),
    await measure('new results, without triggers', nowMs, false),
    await measure('results six hours late', lateMs, true),
    await measure('results six hours late, without triggers', lateMs, false),
  ]
}

type Batch = { readonly newestMs: number; readonly hasTriggers: boolean }

async function insertAndForget(
  { db, postgres, shape }: OpenHistory,
  what: string,
  { newestMs, hasTriggers }: Batch,
): Promise<InsertFigures> {
  const batches = Array.from({ length: STATEMENTS }, (_, batch) =>
    rowsOf(batch, shape.sites, newestMs),
  )
  const rows = STATEMENTS * ROWS_PER_STATEMENT
  const fill = async (trx: Trx) => {
    if (!hasTriggers) await sql`alter table ping_status disable trigger user`.execute(trx)
    const before = usageOf(postgres.pid()).cpuMicros
    const startMs = performance.now()
    for (const batch of batches) await insertResults(trx, batch)
    const seconds = (performance.now() - startMs) / 1000
    const cpuMicros = usageOf(postgres.pid()).cpuMicros - before
    return { what, rowsPerSecond: rows / seconds, cpuMicrosPerRow: cpuMicros / rows }
  }
  let figures: InsertFigures | null = null
  await db
    .transaction()
    .execute(async (trx) => {
      figures = await fill(trx)
      throw new NothingStays()
    })
    .catch((error) => {
      if (!(error instanceof NothingStays)) throw error
    })
  if (figures === null) throw new Error('nothing was inserted')
  return figures
}

class NothingStays extends Error {}

/** Each site at most once in a statement, as a batch of the consumer has them. */
function rowsOf(batch: number, sites: number, newestMs: number): readonly ResultRow[] {
  return Array.from({ length: ROWS_PER_STATEMENT }, (_, index) => {
    const slotMs = newestMs - batch * 1_000
    return {
      siteId: 1 + ((batch * ROWS_PER_STATEMENT + index * 7) % sites),
      slotMs,
      occasion: 'request',
      checkedAtMs: slotMs + 250,
      result: 'up',
      failure: null,
      message: null,
      statusCode: 200,
      latencyMs: 80 + (index % 100),
      dnsMs: 4,
      connectMs: 12,
      tlsMs: 20,
      ttfbMs: 40,
      hops: [],
      remoteAddress: '192.0.2.7',
      httpVersion: '1.1',
      responseBytes: 1_800,
      extractedValue: null,
      slaMet: true,
      certExpiresAtMs: null,
      certificate: null,
      excerpt: null,
      worker: 'worker-1',
      late: false,
    }
  })
}

export const insertTable = (figures: readonly InsertFigures[]): string =>
  [
    '| what is stored | rows a second | CPU of Postgres, us a row |',
    '|---|---|---|',
    ...figures.map(
      ({ what, rowsPerSecond, cpuMicrosPerRow }) =>
        `| ${what} | ${rowsPerSecond.toFixed(0)} | ${cpuMicrosPerRow.toFixed(1)} |`,
    ),
    '',
  ].join('\n')
