import type { ArrivedMail, Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  type OutageEvent,
  readNotifications,
  readOutageEvents,
  type StoredNotification,
} from '../run-history.ts'
import { at } from '../spans.ts'

/** By 3.1, whatever a site does. Three pairs, `[FLAPPING]`, and every half hour what it has come to: 10 at most. */
const PER_HOUR_MAX = 12

/** I7. An hour is what the consumers take for one: it is scaled as the cadences are. */
export const emailsAreFew: Invariant = {
  id: 'I7',
  sentence: 'Nobody gets more than 12 messages about a site in an hour',
  async examine({ db, mails, fleet }: Evidence) {
    const [events, notifications] = await Promise.all([readOutageEvents(db), readNotifications(db)])
    return judgeCounts({ events, notifications, mails, hourMs: fleet.flappingWindowMs })
  },
}

export type CountFacts = {
  readonly events: readonly OutageEvent[]
  readonly notifications: readonly StoredNotification[]
  readonly mails: readonly Pick<ArrivedMail, 'atMs' | 'parsed'>[]
  readonly hourMs: number
}

/** A copy after an ambiguity is the same message: I6 counts those. */
export function judgeCounts({ events, notifications, mails, hourMs }: CountFacts): Finding {
  const siteOf = new Map(events.map(({ id, siteId }) => [id, siteId]))
  const firstAt = new Map<string | undefined, number>()
  for (const { parsed, atMs } of mails.toSorted((a, b) => b.atMs - a.atMs))
    firstAt.set(parsed.messageId, atMs)
  const told = notifications.flatMap(({ outageId, recipient, messageId }) => {
    const atMs = firstAt.get(messageId)
    return atMs === undefined ? [] : [{ about: `site ${siteOf.get(outageId)}, ${recipient}`, atMs }]
  })
  const most = [...Map.groupBy(told, ({ about }) => about)].map(([about, messages]) => ({
    about,
    ...busiestHour(
      messages.map(({ atMs }) => atMs),
      hourMs,
    ),
  }))
  return {
    compared: told.length,
    of: 'messages',
    violations: most
      .filter(({ count }) => count > PER_HOUR_MAX)
      .map(
        ({ about, count, fromMs }) =>
          `${about}: ${count} messages in the hour from ${at(fromMs)} on`,
      ),
    remarks: [`most in an hour: ${Math.max(0, ...most.map(({ count }) => count))}`],
  }
}

function busiestHour(
  instants: readonly number[],
  hourMs: number,
): {
  readonly count: number
  readonly fromMs: number
} {
  return instants
    .map((fromMs) => ({
      fromMs,
      count: instants.filter((atMs) => atMs >= fromMs && atMs < fromMs + hourMs).length,
    }))
    .reduce((most, one) => (one.count > most.count ? one : most), { fromMs: 0, count: 0 })
}
