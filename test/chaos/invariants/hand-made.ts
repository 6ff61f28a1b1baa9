import { encodeResult, resultKey } from '#shared/contracts/result-record.ts'
import { checkId, outageId } from '#shared/domain/identity.ts'
import type { CheckResult, Outcome } from '#shared/domain/result.ts'
import type { Period, TruthSite } from '../../ground-truth/truth.ts'
import type { TopicRecord } from '../../support/invariants.ts'
import { resultAt } from '../../support/results.ts'
import type { Evidence, FaultPlace, Fleet, InjectedFault } from '../evidence.ts'
import type {
  AuditedJob,
  OutageEvent,
  RowEvent,
  StoredNotification,
  StoredOutage,
  StoredRow,
} from '../run-history.ts'
import type { EmailFacts } from './emails-once-in-order.ts'

/** Evidence made by hand. Second 0 of all of it, a while ago; a cadence of 2 s, of which site 1 has the even seconds. */
export const BEGIN_MS = Math.floor(Date.now() / 10_000) * 10_000 - 3_600_000
export const ms = (second: number) => BEGIN_MS + second * 1_000
export const span = (from: number, until: number) => ({ fromMs: ms(from), untilMs: ms(until) })
/** As violations tell it. */
export const clock = (second: number) => new Date(ms(second)).toISOString().slice(11, 23)

/** As the queue saw it: events with their second after the slot. */
export function job(
  slot: number,
  changes: readonly (readonly [AuditedJob['changes'][number]['event'], number])[] = [
    ['active', 0.3],
    ['completed', 0.5],
    ['deleted', 70],
  ],
  siteId = 1,
): AuditedJob {
  return {
    id: checkId(siteId, ms(slot)),
    siteId,
    slotMs: ms(slot),
    cadenceSeconds: 2,
    expireSeconds: 11,
    insertedAtMs: [ms(slot) + 20],
    changes: changes.map(([event, after]) => ({ event, atMs: ms(slot + after), retryCount: 0 })),
  }
}

export function row(
  slot: number,
  result: Outcome = 'up',
  more: Partial<StoredRow> = {},
): StoredRow {
  return {
    siteId: 1,
    slotMs: ms(slot),
    checkedAtMs: ms(slot) + 300,
    result,
    failure: result === 'down' ? 'status' : null,
    message: result === 'up' ? null : 'seen',
    worker: 'worker-1',
    leastMs: 0.2,
    ...more,
  }
}

export function rowEvent(slot: number, event: RowEvent['event'] = 'stored', siteId = 1): RowEvent {
  return { event, atMs: ms(slot) + 600, siteId, slotMs: ms(slot), occasion: 'slot' }
}

export function published(
  slot: number,
  place = `0/${slot}`,
  more: Partial<CheckResult> = {},
): TopicRecord {
  const result = { ...resultAt(0, 'up'), slotMs: ms(slot), checkedAtMs: ms(slot) + 300, ...more }
  return { place, key: resultKey(result), value: Buffer.from(encodeResult(result)) }
}

export function fault(
  place: FaultPlace,
  from: number,
  until = from,
  name = 'kill',
  victim = `${place}-1`,
): InjectedFault {
  return { place, name, victim, ...span(from, until) }
}

/** Seconds of the run, and the mode. */
export type Told = readonly [from: number, until: number, mode: Period['mode']]

export function fleetOf(...scripts: readonly (readonly Told[])[]): Fleet {
  const sites = scripts.map((script, index): [number, TruthSite] => [
    index + 1,
    {
      number: index + 1,
      place: 'http',
      script: script.map(([from, until, mode]) => ({
        fromMs: from * 1_000,
        untilMs: until * 1_000,
        mode,
      })),
      row: { url: `http://127.0.0.1:1/s/${index + 1}` },
    },
  ])
  return {
    cadenceSeconds: 2,
    timeoutMs: 1_000,
    failureThreshold: 2,
    recoveryThreshold: 2,
    sites: new Map(sites),
    truthStartMs: BEGIN_MS,
    flappingWindowMs: 3_600_000,
  }
}

export function outage(
  started: number,
  ended: number | null = null,
  more: Partial<StoredOutage> = {},
): StoredOutage {
  return {
    id: outageId(1, ms(started)),
    siteId: 1,
    startedAtMs: ms(started),
    openedSlotMs: ms(started + 2),
    detectedAtMs: ms(started + 2) + 300,
    endedAtMs: ended === null ? null : ms(ended),
    closedSlotMs: ended === null ? null : ms(ended + 2),
    heldBy: null,
    ...more,
  }
}

export function outageEvent(
  started: number,
  event: OutageEvent['event'] = 'opened',
  siteId = 1,
): OutageEvent {
  const id = outageId(siteId, ms(started))
  return { event, atMs: ms(started + 3), id, siteId, startedAtMs: ms(started), endedAtMs: null }
}

export function notification(
  started: number,
  kind = 'outage',
  more: Partial<StoredNotification> = {},
): StoredNotification {
  const id = outageId(1, ms(started))
  return {
    outageId: id,
    kind,
    recipient: 'ops@example.org',
    messageId: `<${kind}-${started}@uptick>`,
    attempts: 1,
    outcome: 'sent',
    ...more,
  }
}

type Mail = EmailFacts['mails'][number]
export function mail(
  started: number,
  kind: string,
  second: number,
  more: Partial<Mail> = {},
): Mail {
  return {
    atMs: ms(second),
    answer: 'accepted',
    envelopeTo: ['ops@example.org'],
    parsed: {
      headers: [],
      headerLines: [],
      attachments: [],
      messageId: `<${kind}-${started}@uptick>`,
      subject: kind,
    },
    ...more,
  }
}

/** Of a run in which nothing happened, on this database. */
export function evidenceOf(db: Evidence['db'], more: Partial<Evidence> = {}): Evidence {
  return {
    seed: 1,
    db,
    window: span(0, 10),
    drainedAtMs: ms(12),
    fleet: fleetOf([]),
    faults: [],
    served: [],
    records: [],
    mails: [],
    deadManPingsMs: [],
    memory: [],
    counters: [],
    answers: new Map(),
    logFolder: import.meta.dirname,
    secrets: [],
    ...more,
  }
}
