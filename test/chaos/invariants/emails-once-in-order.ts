import { MAILS_AT_ONCE } from '../../../consumer/notify/mailer.ts'
import type { ArrivedMail, Evidence, InjectedFault } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  type OutageEvent,
  readNotifications,
  readOutageEvents,
  readOutages,
  readSiteIds,
  type StoredNotification,
  type StoredOutage,
} from '../run-history.ts'
import { at, felt, meet } from '../spans.ts'

/** From a server's answer to our note of it; longer while Postgres is away, since that is tried again. */
const NOTE_MS = 2_000

/** I6 */
export const emailsOnceInOrder: Invariant = {
  id: 'I6',
  sentence:
    'Every outage and recovery is told once to each recipient, in order; twice only after an ambiguity',
  async examine({ db, mails, faults }: Evidence) {
    const [outages, events, notifications, sites] = await Promise.all([
      readOutages(db),
      readOutageEvents(db),
      readNotifications(db),
      readSiteIds(db),
    ])
    return judgeEmails({ outages, events, notifications, sites, mails, faults })
  },
}

export type EmailFacts = {
  readonly outages: readonly StoredOutage[]
  readonly events: readonly OutageEvent[]
  readonly notifications: readonly StoredNotification[]
  /** Those that are there at the end: with a site its outages go. */
  readonly sites: ReadonlySet<number>
  readonly mails: readonly Pick<ArrivedMail, 'atMs' | 'answer' | 'envelopeTo' | 'parsed'>[]
  readonly faults: readonly InjectedFault[]
}

type Mail = EmailFacts['mails'][number]
type Told = StoredNotification & { readonly copies: readonly Mail[] }

export function judgeEmails(facts: EmailFacts): Finding {
  const copies = Map.groupBy(facts.mails, ({ parsed }) => parsed.messageId)
  const told: readonly Told[] = facts.notifications.map((notification) => ({
    ...notification,
    copies: copies.get(notification.messageId) ?? [],
  }))
  const ids = new Set(told.map(({ messageId }) => messageId))
  const extras = told.flatMap((one) => extraCopies(one, facts.faults))
  return {
    compared: told.length + facts.mails.length,
    of: 'messages and emails',
    violations: [
      ...facts.mails
        .filter(({ parsed }) => parsed.messageId === undefined || !ids.has(parsed.messageId))
        .map(({ parsed }) => `email ${parsed.messageId} (${parsed.subject}) belongs to no message`),
      ...told.flatMap(wronglySent),
      ...refusedByNobody(told, facts.faults),
      ...extras.flatMap((extra) => (extra.outcome === 'wrong' ? [extra.why] : [])),
      ...tooManyPerFault(extras),
      ...untold(facts),
      ...disordered(told),
    ],
    remarks: [
      `second copies after an unclear answer: ${extras.filter(({ outcome }) => outcome === 'unclear').length}`,
      `second copies after a fault between the answer and our note: ${extras.filter(({ outcome }) => outcome === 'fault').length}, at most ${MAILS_AT_ONCE} of each`,
      `given up, refused by the server: ${told.filter(({ outcome }) => outcome === 'failed').length}`,
    ],
  }
}

function whatOf({ outageId, kind, recipient }: StoredNotification): string {
  return `${kind} of ${outageId} to ${recipient}`
}

function wronglySent(told: Told): readonly string[] {
  const { copies, outcome, attempts, recipient } = told
  const what = whatOf(told)
  // An unclear copy alone is no proof for us that it arrived: it has to be sent until it is accepted.
  const accepted = copies.filter(({ answer }) => answer === 'accepted')
  const others = copies.filter(({ envelopeTo }) => envelopeTo.join() !== recipient)
  return [
    ...(outcome === 'waiting' ? [`${what}: was never sent`] : []),
    ...(outcome === 'sent' && accepted.length === 0
      ? [`${what}: noted as sent, and never arrived`]
      : []),
    ...(copies.length > attempts
      ? [`${what}: ${copies.length} copies of ${attempts} attempts`]
      : []),
    ...others.map(({ envelopeTo }) => `${what}: went to ${envelopeTo.join()}`),
  ]
}

function refusedByNobody(
  told: readonly Told[],
  faults: readonly InjectedFault[],
): readonly string[] {
  if (faults.some(({ place }) => place === 'smtp')) return []
  return told
    .filter(({ outcome }) => outcome === 'failed')
    .map((one) => `${whatOf(one)}: given up, and no mail server refused anything`)
}

type Extra =
  | { readonly outcome: 'unclear' }
  | { readonly outcome: 'fault'; readonly fault: InjectedFault }
  | { readonly outcome: 'wrong'; readonly why: string }

/** Each copy after the first, by what became of the one before it. */
function extraCopies(told: Told, faults: readonly InjectedFault[]): readonly Extra[] {
  const { copies } = told
  return copies.slice(1).map((copy, index): Extra => {
    const before = copies[index]
    if (before === undefined || before.answer === 'unclear') return { outcome: 'unclear' }
    const fault = faults.find((one) => isAmbiguous(one, before.atMs, faults))
    if (fault !== undefined) return { outcome: 'fault', fault }
    return {
      outcome: 'wrong',
      why: `${whatOf(told)}: sent again at ${at(copy.atMs)}, after it was accepted at ${at(before.atMs)}`,
    }
  })
}

/** A sender that was stopped between the server's answer and our note of it, or whose answer was lost. */
function isAmbiguous(
  fault: InjectedFault,
  acceptedAtMs: number,
  all: readonly InjectedFault[],
): boolean {
  if (!['consumer', 'notifier', 'smtp'].includes(fault.place)) return false
  const away = felt(
    all,
    { postgres: NOTE_MS, consumer: NOTE_MS },
    ({ name, place }) => place === 'postgres' || /link/.test(name),
  )
  const note = { fromMs: acceptedAtMs - NOTE_MS, untilMs: acceptedAtMs + NOTE_MS }
  const untilMs = Math.max(
    note.untilMs,
    ...away.filter((span) => meet(span, note)).map((span) => span.untilMs),
  )
  return meet(fault, { ...note, untilMs })
}

/** One stopped sender had so many mails under way, and no more. */
function tooManyPerFault(extras: readonly Extra[]): readonly string[] {
  const byFault = Map.groupBy(
    extras.flatMap((extra) => (extra.outcome === 'fault' ? [extra.fault] : [])),
    (fault) => fault,
  )
  return [...byFault]
    .filter(([, uses]) => uses.length > MAILS_AT_ONCE)
    .map(
      ([{ name, victim, fromMs }, uses]) =>
        `${uses.length} second copies by one ${name} of ${victim} at ${at(fromMs)}, which had at most ${MAILS_AT_ONCE} under way`,
    )
}

/** What should have been told and has no message. */
function untold({ outages, events, notifications, sites }: EmailFacts): readonly string[] {
  const has = new Set(notifications.map(({ outageId, kind }) => `${outageId} ${kind}`))
  const opened = new Set(events.map(({ id }) => id))
  const standing = new Set(outages.map(({ id }) => id))
  const retracted = new Set(
    events.filter(({ id, siteId }) => !standing.has(id) && sites.has(siteId)).map(({ id }) => id),
  )
  const missing = outages.flatMap(({ id, heldBy, endedAtMs }) => {
    const isTold = heldBy === null || has.has(`${id} outage`)
    const kinds = isTold ? ['outage', ...(endedAtMs === null ? [] : ['recovery'])] : []
    return kinds
      .filter((kind) => !has.has(`${id} ${kind}`))
      .map((kind) => `outage ${id}: no message of its ${kind}`)
  })
  return [
    ...missing,
    ...unmatched(notifications),
    ...notifications
      .filter(({ outageId }) => !opened.has(outageId))
      .map((one) => `${whatOf(one)}: there was never such an outage`),
    ...notifications
      .filter(({ outageId, kind }) => kind === 'correction' && standing.has(outageId))
      .map((one) => `${whatOf(one)}: the outage stands`),
    ...notifications
      .filter(({ outageId, kind }) => kind === 'outage' && retracted.has(outageId))
      .filter(
        (one) =>
          !notifications.some((other) => other.kind === 'correction' && isSameThread(one, other)),
      )
      .map((one) => `${whatOf(one)}: the outage was retracted, and nobody corrected it`),
  ]
}

/** A recovery goes to those who were told of the outage, and to all of them. */
function unmatched(notifications: readonly StoredNotification[]): readonly string[] {
  const threads = Map.groupBy(notifications, ({ outageId }) => outageId)
  return [...threads.values()].flatMap((thread) => {
    const recipientsOf = (kind: string) =>
      new Set(thread.filter((one) => one.kind === kind).map(({ recipient }) => recipient))
    const recoveries = recipientsOf('recovery')
    if (recoveries.size === 0) return []
    const beginnings = recipientsOf('outage')
    const odd = [
      ...[...recoveries].filter((recipient) => !beginnings.has(recipient)),
      ...[...beginnings].filter((recipient) => !recoveries.has(recipient)),
    ]
    return odd.map(
      (recipient) =>
        `outage ${thread[0]?.outageId}: ${recipient} was told of its beginning or of its end alone`,
    )
  })
}

function isSameThread(a: StoredNotification, b: StoredNotification): boolean {
  return a.outageId === b.outageId && a.recipient === b.recipient
}

/** What comes after an outage: its first copy is not before the first of the outage. */
function disordered(told: readonly Told[]): readonly string[] {
  const firstOf = new Map(
    told.map((one) => [`${one.outageId} ${one.kind} ${one.recipient}`, one.copies[0]?.atMs]),
  )
  return told.flatMap((one) => {
    if (one.kind !== 'recovery' && one.kind !== 'correction') return []
    const outageAtMs = firstOf.get(`${one.outageId} outage ${one.recipient}`)
    const [first] = one.copies
    return first !== undefined && outageAtMs !== undefined && first.atMs < outageAtMs
      ? [`${whatOf(one)}: came before its outage`]
      : []
  })
}
