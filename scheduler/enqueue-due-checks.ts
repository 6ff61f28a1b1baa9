import { allCadences } from '#db/cadence.ts'
import { type CheckRequest, dropRequests, takeRequests } from '#db/check-request.ts'
import type { Db, Trx } from '#db/connect.ts'
import { moveHand, takeHand } from '#db/schedule-hand.ts'
import { enabledSites, recordVerdicts, type ScheduledSite, sitesInRanges } from '#db/site-config.ts'
import { encodeCheckJob } from '#shared/contracts/check-job.ts'
import { CHECK_QUEUE, RECHECK_QUEUE } from '#shared/contracts/queues.ts'
import { checkId } from '#shared/domain/identity.ts'
import { type CheckWanted, checkOf, siteProblem } from '#shared/domain/site.ts'
import { dueHashRanges, newestSlotMs } from '#shared/domain/slot.ts'
import type { JobQueue, NewJob } from '#shared/runtime/queue.ts'
import { atStep } from '#shared/runtime/step.ts'

export type EnqueueContext = {
  readonly db: Db
  readonly queue: JobQueue
  /** Checks outside their slots that one tick takes on: a bulk load is spread over ticks. */
  readonly maxRequestsPerTick: number
}

export type InvalidSite = { readonly siteId: number; readonly reason: string }

export type Tick =
  | { readonly outcome: 'busy' }
  | {
      readonly outcome: 'moved'
      /** How far the hand moved: 1 in step, more after a stall. */
      readonly seconds: number
      readonly due: number
      /** Slots of these sites that a stall has swallowed: only the newest of each has its job. */
      readonly missed: number
      readonly requested: number
      readonly enqueued: number
      readonly invalid: readonly InvalidSite[]
    }

/** Jobs in one statement: large enough to cost little each, small enough to be a short statement. */
const JOBS_PER_INSERT = 2_000
/** A job that was fetched and not settled this long after its deadline is given to another worker. */
const EXPIRY_MARGIN_SECONDS = 10

/**
 * One turn of the clock hand, in one transaction: every site with a slot since the last turn gets
 * its newest one as a job, sites that wait for a check get one now, and the hand moves. Crashed
 * half-way, nothing happened; two schedulers at once, one of them is `busy`.
 */
export async function enqueueDueChecks({
  db,
  queue,
  maxRequestsPerTick,
}: EnqueueContext): Promise<Tick> {
  const tick = await db.transaction().execute(async (trx): Promise<Tick> => {
    const hand = await takeHand(trx)
    if (hand === null) return { outcome: 'busy' }
    atStep('scheduler.claimed')
    const { lastSlotMs, nowMs } = hand
    const { due, forgotten } = await forgetRequests(trx, await dueSites(trx, lastSlotMs, nowMs))
    // A second turn of one second would give a site the same slot again, whose job may be done and gone.
    const limit = nowMs > lastSlotMs ? maxRequestsPerTick : 0
    const requests = bySite(await takeRequests(trx, limit))
    const requested = await enabledSites(trx, [...requests.keys()])
    const invalid = await examine(trx, [...due, ...requested])

    const refused = new Set(invalid.map((site) => site.siteId))
    const wanted = [
      ...due.map((site) => slotCheck(site, forgotten.get(site.id), nowMs)),
      ...requested.map((site) => requestedCheck(site, requests.get(site.id), nowMs)),
    ].filter(({ site }) => !refused.has(site.id))
    const enqueued = await insertJobs(queue, wanted, trx)
    await moveHand(trx, nowMs)
    atStep('scheduler.before_commit')
    const seconds = Math.max(0, (nowMs - lastSlotMs) / 1000)
    return {
      outcome: 'moved',
      seconds,
      due: due.length,
      missed: missedSlots(due, lastSlotMs, nowMs),
      requested: requested.length,
      enqueued,
      invalid,
    }
  })
  if (tick.outcome === 'moved') atStep('scheduler.after_commit')
  return tick
}

/** A site that was added during a stall is taken for one that had been there before it. */
function missedSlots(due: readonly ScheduledSite[], lastSlotMs: number, nowMs: number): number {
  // In step, which is nearly always, nobody can have missed any.
  if (nowMs - lastSlotMs <= 1_000) return 0
  const slots = due.map(({ id, cadenceSeconds }) => {
    const passedMs =
      newestSlotMs(id, cadenceSeconds, nowMs) - newestSlotMs(id, cadenceSeconds, lastSlotMs)
    return Math.max(0, passedMs / 1_000 / cadenceSeconds - 1)
  })
  return slots.reduce((sum, missed) => sum + missed, 0)
}

async function dueSites(
  trx: Trx,
  lastSlotMs: number,
  nowMs: number,
): Promise<readonly ScheduledSite[]> {
  const ranges = (await allCadences(trx)).flatMap(({ name, seconds }) =>
    dueHashRanges(seconds, lastSlotMs / 1000, nowMs / 1000).map((range) => ({
      ...range,
      cadence: name,
    })),
  )
  return sitesInRanges(trx, ranges)
}

/**
 * Forgets the requests of sites that are due, but for what they say. What a request tells of may have
 * been committed after the site was read, and would wait for the next slot: such a site is read again.
 */
async function forgetRequests(trx: Trx, sites: readonly ScheduledSite[]) {
  const siteIds = sites.map((site) => site.id)
  const forgotten = bySite(await dropRequests(trx, siteIds))
  const again = await enabledSites(trx, [...forgotten.keys()])
  return { due: [...sites.filter(({ id }) => !forgotten.has(id)), ...again], forgotten }
}

function bySite(requests: readonly CheckRequest[]): ReadonlyMap<number, CheckRequest> {
  return new Map(requests.map((request) => [request.siteId, request]))
}

/** Decides the rows that nobody has looked at since they were written, once. */
async function examine(trx: Trx, sites: readonly ScheduledSite[]): Promise<readonly InvalidSite[]> {
  const verdicts = sites
    .filter((site) => site.validity === 'pending')
    .map((site) => ({ siteId: site.id, invalidReason: siteProblem(site) }))
  await recordVerdicts(trx, verdicts)
  return verdicts.flatMap(({ siteId, invalidReason }) =>
    invalidReason === null ? [] : [{ siteId, reason: invalidReason }],
  )
}

type WantedCheck = { readonly site: ScheduledSite; readonly wanted: CheckWanted }

/** Resolves to how many of them are new. */
async function insertJobs(
  queue: JobQueue,
  checks: readonly WantedCheck[],
  trx: Trx,
): Promise<number> {
  let enqueued = 0
  for (const [name, ofQueue] of Map.groupBy(checks, queueOf)) {
    for (let start = 0; start < ofQueue.length; start += JOBS_PER_INSERT) {
      const jobs = ofQueue.slice(start, start + JOBS_PER_INSERT).map(checkJob)
      enqueued += await queue.insert(name, jobs, trx)
    }
  }
  return enqueued
}

/** Only from one of them a worker passes on what it should leave to another. */
function queueOf({ wanted: { occasion, avoidWorker } }: WantedCheck): string {
  return occasion === 'recheck' || avoidWorker !== null ? RECHECK_QUEUE : CHECK_QUEUE
}

/** A second look that was still to come is made by its slot, and that by another worker as well. */
function slotCheck(
  site: ScheduledSite,
  request: CheckRequest | undefined,
  nowMs: number,
): WantedCheck {
  const slotMs = newestSlotMs(site.id, site.cadenceSeconds, nowMs)
  const avoidWorker = request?.avoidWorker ?? null
  return { site, wanted: { slotMs, occasion: 'slot', avoidWorker } }
}

function requestedCheck(
  site: ScheduledSite,
  request: CheckRequest | undefined,
  nowMs: number,
): WantedCheck {
  const occasion = request?.occasion ?? 'request'
  return { site, wanted: { slotMs: nowMs, occasion, avoidWorker: request?.avoidWorker ?? null } }
}

function checkJob({ site, wanted }: WantedCheck): NewJob {
  return {
    id: checkId(site.id, wanted.slotMs),
    data: encodeCheckJob(checkOf(site, wanted)),
    expireInSeconds: Math.ceil(site.timeoutMs / 1000) + EXPIRY_MARGIN_SECONDS,
    // Older than its cadence it would not be probed any more: a stopped worker does not fill the table.
    retentionSeconds: site.cadenceSeconds,
  }
}
