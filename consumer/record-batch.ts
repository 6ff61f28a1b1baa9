import type { Db, Trx } from '#db/connect.ts'
import { type DeadLetter, insertDeadLetters } from '#db/dead-letter.ts'
import { closeOutages, insertOutages, type Outage } from '#db/outages.ts'
import { insertResults } from '#db/ping-status.ts'
import { lockSites, type SiteState, updateSites } from '#db/sites.ts'
import { decodeResult } from '#shared/contracts/result-record.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'
import { advanceSites, type Opening, type SiteResults } from './advance-sites.ts'
import {
  type News,
  type NotifyOptions,
  queueNotifications,
  retractionNews,
} from './queue-notifications.ts'
import { refoldSite } from './refold-site.ts'

export type RecordContext = NotifyOptions & { readonly db: Db; readonly nowMs: () => number }

/** What a batch came to: facts for logs and figures. */
export type Recorded = {
  /** Results that were new; the others had been stored before. */
  readonly stored: readonly CheckResult[]
  readonly late: number
  readonly deadLetters: readonly DeadLetter[]
  readonly opened: readonly Outage[]
  readonly recovered: readonly { readonly state: SiteState; readonly outage: Outage }[]
  readonly retracted: readonly Outage[]
}

type Origin = { readonly result: CheckResult; readonly record: ReceivedRecord }

/**
 * Turns one batch of records into history, health, outages and queued emails, in one transaction.
 * Done again, it changes nothing: only results that were not stored yet move anything.
 */
export async function recordBatch(
  context: RecordContext,
  records: readonly ReceivedRecord[],
): Promise<Recorded> {
  const { origins, unreadable } = readRecords(records, context.nowMs())
  return context.db.transaction().execute(async (trx) => {
    const states = await lockSites(trx, uniqueSites(origins))
    const strangers = origins.filter(({ result }) => !states.has(result.siteId))
    const deadLetters = [...unreadable, ...strangers.map(unknownSite)]
    await insertDeadLetters(trx, deadLetters)

    const known = origins
      .filter(({ result }) => states.has(result.siteId))
      .map(({ result }) => result)
    const { stored, lateCount, sites } = await storeNew(trx, known, states)
    const change = await changeSites(trx, sites)
    await queueNotifications(trx, change.news, context)
    return {
      stored,
      late: lateCount,
      deadLetters,
      opened: change.opened,
      recovered: change.recovered,
      retracted: change.retracted,
    }
  })
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

type NewResults = SiteResults & { readonly order: 'in_order' | 'late' }

/** Stores what is not there yet, and sorts it by site and slot: a batch in itself is never out of order. */
async function storeNew(
  trx: Trx,
  results: readonly CheckResult[],
  states: ReadonlyMap<number, SiteState>,
) {
  const rows = distinct(results).map((result) => ({
    ...result,
    late: isLate(result, states.get(result.siteId)),
  }))
  const insertedKeys = new Set(
    (await insertResults(trx, rows)).map(({ siteId, slotMs }) => `${siteId} ${slotMs}`),
  )
  const stored = rows.filter(({ siteId, slotMs }) => insertedKeys.has(`${siteId} ${slotMs}`))
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
    const key = `${result.siteId} ${result.slotMs}`
    if (!first.has(key)) first.set(key, result)
  }
  return [...first.values()].sort((a, b) => a.siteId - b.siteId || a.slotMs - b.slotMs)
}

function isLate(result: CheckResult, state: SiteState | undefined): boolean {
  const lastSlotMs = state?.health.lastSlotMs ?? null
  return lastSlotMs !== null && result.slotMs <= lastSlotMs
}

/** Health, `sites` and outages of everybody with new results, and what is to be told of it. */
async function changeSites(trx: Trx, sites: readonly NewResults[]) {
  const advance = advanceSites(sites.filter((site) => site.order === 'in_order'))
  const ended = [...(await closeOutages(trx, advance.closings))]
  const updates = [...advance.updates]
  const found = [...advance.openings]
  const retracted: Outage[] = []
  const corrections: News[] = []
  for (const { state, results } of sites.filter((site) => site.order === 'late')) {
    const refold = await refoldSite(trx, state, results)
    updates.push(refold.update)
    found.push(...refold.openings)
    ended.push(...refold.recovered)
    retracted.push(...refold.retracted)
    corrections.push(...(await retractionNews(trx, state, refold.retracted)))
  }
  await updateSites(trx, updates)
  const openings = await storeOpenings(trx, found)

  const states = new Map(sites.map(({ state }) => [state.siteId, state]))
  const recovered = [
    ...ended.flatMap((outage) => {
      const state = states.get(outage.siteId)
      return state === undefined ? [] : [{ state, outage }]
    }),
    ...openings.filter(({ outage }) => outage.endedAtMs !== null),
  ]
  const news: News[] = [
    ...openings.map((opening): News => ({ ...opening, kind: 'outage', recipients: null })),
    ...recovered.map(recoveryNews),
    ...corrections,
  ]
  return { news, opened: openings.map(({ outage }) => outage), recovered, retracted }
}

async function storeOpenings(trx: Trx, openings: readonly Opening[]): Promise<Opening[]> {
  const outages = openings.map(({ outage }) => outage)
  const stored = await insertOutages(trx, outages)
  return openings.map((opening, index) => ({ ...opening, outage: stored[index] ?? opening.outage }))
}

function recoveryNews({ state, outage }: { state: SiteState; outage: Outage }): News {
  return { kind: 'recovery', state, outage, upSinceMs: null, recipients: null }
}
