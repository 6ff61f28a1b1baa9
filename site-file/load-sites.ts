import { allCadences } from '#db/cadence.ts'
import type { Db, Trx } from '#db/connect.ts'
import { contradictoryRows, IN_THE_DATABASE } from '#db/contradictory-rows.ts'
import {
  addCadences,
  changedSites,
  type Difference,
  differences,
  type Merged,
  mergeWaitingRows,
  takeLoadLock,
} from '#db/load-site-config.ts'
import {
  addWaitingRows,
  type IncomingSite,
  makeWaitingRows,
  matchWaitingRows,
  type Refusals,
  rangesOf,
  repeatedRows,
} from '#db/waiting-rows.ts'
import { siteProblem } from '#shared/domain/site.ts'
import { atStep } from '#shared/runtime/step.ts'
import type { Source } from './open-source.ts'
import { PROBLEMS_SHOWN_MAX, ProblemList } from './problem-list.ts'
import { readSiteRow } from './read-site-row.ts'
import { siteOf } from './site-of.ts'
import { type Problem, problem } from './source-row.ts'

export type LoadOptions = {
  /** `rehearse`: everything is done, its differences are shown, and it is rolled back. */
  readonly mode: 'load' | 'rehearse'
  readonly onProgress: (progress: Progress) => void
}

export type Progress =
  | { readonly stage: 'reading'; readonly rows: number; readonly share: number }
  | { readonly stage: 'writing'; readonly rows: number; readonly share: number }

export type LoadOutcome =
  | { readonly outcome: 'refused'; readonly problems: readonly Problem[]; readonly count: number }
  | ({ readonly outcome: 'loaded' } & Merged)
  | ({ readonly outcome: 'rehearsed'; readonly differences: readonly Difference[] } & Merged)

/** More sites than any one installation has; it bounds the table that the rows wait in. */
const ROWS_MAX = 5_000_000
const ROWS_PER_INSERT = 2_000
/** As much as a person reads. */
export const DIFFERENCES_SHOWN_MAX = 200

/**
 * Loads all sites of a source, or none. Rows are judged as they stream in and wait in a table of
 * this connection, so that memory is bounded and the transaction that follows is short.
 */
export async function loadSites(
  db: Db,
  source: Source,
  options: LoadOptions,
): Promise<LoadOutcome> {
  return db.connection().execute(async (connection) => {
    await makeWaitingRows(connection)
    const problems = new ProblemList()
    const cadences = await joinCadences(connection, source.cadences, problems)
    const rowCount = await readRows(connection, source, cadences, problems, options.onProgress)
    addRefusals(problems, await repeatedRows(connection, PROBLEMS_SHOWN_MAX))
    if (problems.count > 0) return refused(problems)
    return applyRows(connection, source.cadences, rowCount, options)
  })
}

/** The names that rows may use: of the database and of the file, which must not contradict it. */
async function joinCadences(db: Db, added: ReadonlyMap<string, number>, problems: ProblemList) {
  const known = new Map((await allCadences(db)).map(({ name, seconds }) => [name, seconds]))
  for (const [name, seconds] of added) {
    const present = known.get(name) ?? seconds
    if (present !== seconds) {
      problems.add([
        problem('cadences', `${name} is ${present} seconds in the database, not ${seconds}`),
      ])
    }
    known.set(name, seconds)
  }
  return new Set(known.keys())
}

async function readRows(
  connection: Db,
  source: Source,
  cadences: ReadonlySet<string>,
  problems: ProblemList,
  onProgress: LoadOptions['onProgress'],
): Promise<number> {
  let rowCount = 0
  let batch: IncomingSite[] = []
  const doubts = new ProblemList()
  const flush = async () => {
    if (problems.count === 0) await addWaitingRows(connection, batch, rowCount - batch.length)
    batch = []
    onProgress({ stage: 'reading', rows: rowCount, share: source.readShare() })
  }
  for await (const item of source.items) {
    const read = item.kind === 'row' ? readSiteRow(item, cadences) : [item]
    if (!('kind' in read)) problems.add(read)
    else {
      batch.push(read)
      if (read.doubt !== null) doubts.add([problem(read.place, read.doubt)])
    }
    if (item.kind === 'row') rowCount++
    if (rowCount > ROWS_MAX) throw new Error(`more than ${ROWS_MAX} sites in one file`)
    if (batch.length === ROWS_PER_INSERT) await flush()
  }
  await flush()
  // Whoever has to mend the file anyway hears of everything at once.
  if (problems.count > 0) problems.add(doubts.shown, doubts.count)
  return rowCount
}

async function applyRows(
  connection: Db,
  cadences: ReadonlyMap<string, number>,
  rowCount: number,
  options: LoadOptions,
): Promise<LoadOutcome> {
  const trx = await connection.startTransaction().execute()
  try {
    await takeLoadLock(trx)
    await addCadences(trx, cadences)
    const outcome = await mergeRows(trx, rowCount, options)
    atStep('load_data.before_commit')
    await (outcome.outcome === 'loaded' ? trx.commit() : trx.rollback()).execute()
    return outcome
  } catch (error) {
    // A lost connection rolls back by itself, and then this fails: the first error is the one to tell.
    await trx
      .rollback()
      .execute()
      .catch(() => undefined)
    throw error
  }
}

async function mergeRows(
  trx: Trx,
  rowCount: number,
  { mode, onProgress }: LoadOptions,
): Promise<LoadOutcome> {
  await matchWaitingRows(trx)
  const problems = new ProblemList()
  addRefusals(problems, await contradictoryRows(trx, rowCount, PROBLEMS_SHOWN_MAX))
  if (problems.count === 0) await judgeChanges(trx, rowCount, problems)
  if (problems.count > 0) return refused(problems)
  const shown = mode === 'rehearse' ? await differences(trx, rowCount, DIFFERENCES_SHOWN_MAX) : []
  const merged = await mergeWaitingRows(trx, rowCount, (rows) =>
    onProgress({ stage: 'writing', rows, share: rows / rowCount }),
  )
  return mode === 'rehearse'
    ? { outcome: 'rehearsed', differences: shown, ...merged }
    : { outcome: 'loaded', ...merged }
}

/** A row that says a part of a site was judged as if it were all of it: now the site is seen as it will be. */
async function judgeChanges(trx: Trx, rowCount: number, problems: ProblemList): Promise<void> {
  for (const range of rangesOf(rowCount)) {
    for (const { place, values } of await changedSites(trx, range)) {
      const reason = siteProblem(siteOf(values))
      if (reason !== null) problems.add([problem(place, reason + IN_THE_DATABASE)])
    }
  }
}

function addRefusals(problems: ProblemList, { count, shown }: Refusals): void {
  problems.add(
    shown.map(({ place, reason }) => problem(place, reason)),
    count,
  )
}

function refused({ shown, count }: ProblemList): LoadOutcome {
  return { outcome: 'refused', problems: shown, count }
}
