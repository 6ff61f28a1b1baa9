import { requestParentChecks, requestRechecks } from '#db/check-request.ts'
import type { Db, Trx } from '#db/connect.ts'
import { type DeadLetter, insertDeadLetters } from '#db/dead-letter.ts'
import { noteOpeningRecords } from '#db/opening-records.ts'
import type { Outage } from '#db/outages.ts'
import { insertResults } from '#db/ping-status.ts'
import { lockSites, type SiteState } from '#db/sites.ts'
import { decodeResult } from '#shared/contracts/result-record.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { atStep } from '#shared/runtime/step.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { changeSites, joined, type NewResults, type Recovered } from './change-sites.ts'
import { type Doubts, type FleetWatch, type Observed, observedIn } from './fleet-watch.ts'
import { openingRecords } from './opening-records.ts'
import { type NotifyOptions, queueNotifications } from './queue-notifications.ts'
import { beginningToFail, rechecksWanted } from './rechecks-wanted.ts'
import { believed, retractDoubted } from './retract-doubted.ts'

export type RecordContext = NotifyOptions & {
  readonly db: Db
  /** The database's clock, by which slots are made; of our own, nobody knows how it is set. */
  readonly nowMs: () => number | Promise<number>
  readonly fleet: FleetWatch
}

/** What a batch came to: facts for logs and figures. */
export type Recorded = {
  /** Results that were new; the others had been stored before. */
  readonly stored: readonly CheckResult[]
  readonly late: number
  readonly deadLetters: readonly DeadLetter[]
  readonly opened: readonly Outage[]
  readonly recovered: readonly Recovered[]
  readonly retracted: readonly Outage[]
  /** Workers that are not believed, and why. */
  readonly doubts: Doubts
}

type Origin = { readonly result: CheckResult; readonly record: ReceivedRecord }

/**
 * Turns one batch of records into history, health, outages, queued emails and wanted second looks,
 * in one transaction. Done again, it changes nothing: only results that were not stored yet move anything.
 */
export async function recordBatch(
  context: RecordContext,
  records: readonly ReceivedRecord[],
): Promise<Recorded> {
  const { origins, unreadable } = readRecords(records, await context.nowMs())
  atStep('consumer.before_begin')
  const { observed, ...recorded } = await context.db.transaction().execute(async (trx) => {
    const outcome = await recordOrigins(trx, context, origins, unreadable)
    atStep('consumer.before_commit')
    return outcome
  })
  // Not before the commit: a batch that is tried again would be seen twice.
  context.fleet.remember(observed, recorded.doubts)
  return recorded
}

async function recordOrigins(
  trx: Trx,
  context: RecordContext,
  origins: readonly Origin[],
  unreadable: readonly DeadLetter[],
): Promise<Recorded & { readonly observed: readonly Observed[] }> {
  const states = await lockSites(trx, uniqueSites(origins))
  const strangers = origins.filter(({ result }) => !states.has(result.siteId))
  const deadLetters = [...unreadable, ...strangers.map(unknownSite)]
  await insertDeadLetters(trx, deadLetters)

  const known = distinct(origins.map(({ result }) => result)).filter(({ siteId }) =>
    states.has(siteId),
  )
  const observed = known.flatMap((result) => observe(result, states))
  const doubts = context.fleet.doubts(observed)
  const taken = await retractDoubted(trx, context, doubts)
  const current = taken.rechecks.length === 0 ? states : await lockSites(trx, uniqueSites(origins))
  const believable = known.map((result) =>
    believed(result, states.get(result.siteId)?.url ?? '', doubts),
  )

  const { stored, lateCount, sites } = await storeNew(trx, believable, current)
  const advanced = await changeSites(trx, sites, context.flapping)
  const { news, ...changes } = joined(taken.changes, advanced.changes)
  await noteOpeningRecords(trx, openingRecords(changes.opened, origins))
  await queueNotifications(trx, news, context)
  const hasOthers = (worker: string) => context.fleet.hasOthersThan(worker)
  const rechecks = rechecksWanted(advanced.advances, hasOthers)
  await requestRechecks(trx, [...taken.rechecks, ...rechecks])
  await requestParentChecks(trx, beginningToFail(advanced.advances))
  const storedKeys = new Set(stored.map(keyOf))
  const isNew = (one: Observed) => storedKeys.has(keyOf(one))
  const figures = { stored, late: lateCount, deadLetters, ...changes, doubts }
  return { ...figures, observed: observed.filter(isNew) }
}

function readRecords(records: readonly ReceivedRecord[], nowMs: number) {
  const origins: Origin[] = []
  const unreadable: DeadLetter[] = []
  for (const record of records) {
    const decoded = decodeResult(record.value, record.key, nowMs)
    if (decoded.ok) origins.push({ result: decoded.result, record })
    else unreadable.push(deadLetter(record, decoded.reason))
  }
  return { origins, unreadable }
}

function deadLetter(
  { topic, partition, offset, value }: ReceivedRecord,
  reason: string,
): DeadLetter {
  return { topic, partition, offset, value, reason }
}

function unknownSite({ result, record }: Origin): DeadLetter {
  return deadLetter(record, `there is no site ${result.siteId}`)
}

function uniqueSites(origins: readonly Origin[]): number[] {
  return [...new Set(origins.map(({ result }) => result.siteId))]
}

type States = ReadonlyMap<number, SiteState>

function observe(result: CheckResult, states: States): readonly Observed[] {
  const state = states.get(result.siteId)
  const observed = state === undefined ? null : observedIn(result, state.health, state.url)
  return observed === null ? [] : [observed]
}

/** Stores what is not there yet, and sorts it by site and slot: a batch in itself is never out of order. */
async function storeNew(trx: Trx, results: readonly CheckResult[], states: States) {
  const rows = results.map((result) => ({
    ...result,
    late: isLate(result, states.get(result.siteId)),
  }))
  const insertedKeys = new Set((await insertResults(trx, rows)).map(keyOf))
  const stored = rows.filter((row) => insertedKeys.has(keyOf(row)))
  const sites: NewResults[] = []
  for (const [siteId, ofSite] of Map.groupBy(stored, (row) => row.siteId)) {
    const state = states.get(siteId)
    if (state === undefined) continue
    const order = ofSite.some((row) => row.late) ? 'late' : 'in_order'
    sites.push({ state, results: ofSite, order })
  }
  return { stored, sites, lateCount: stored.filter((row) => row.late).length }
}

/** The first of each site and slot, by site and slot. */
function distinct(results: readonly CheckResult[]): CheckResult[] {
  const first = new Map<string, CheckResult>()
  for (const result of results) {
    if (!first.has(keyOf(result))) first.set(keyOf(result), result)
  }
  return [...first.values()].sort((a, b) => a.siteId - b.siteId || a.slotMs - b.slotMs)
}

function keyOf({ siteId, slotMs }: Pick<CheckResult, 'siteId' | 'slotMs'>): string {
  return `${siteId} ${slotMs}`
}

function isLate(result: CheckResult, state: SiteState | undefined): boolean {
  const lastSlotMs = state?.health.lastSlotMs ?? null
  return lastSlotMs !== null && result.slotMs <= lastSlotMs
}
