import { idAfter, outageId } from '#shared/domain/identity.ts'
import { outagesEqualFold } from '../../support/invariants.ts'
import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type OutageEvent, readOutageEvents, readOutages, readSiteIds } from '../run-history.ts'

/** An id is taken when somebody was told of an outage that never was: more often than this is no chance. */
const IDS_MAX = 10

/** I5 */
export const outagesEqualTheFold: Invariant = {
  id: 'I5',
  sentence: 'Outages and health are what the rows make of them, in the order of their slots',
  async examine({ db }: Evidence): Promise<Finding> {
    const [sites, outages, events] = await Promise.all([
      readSiteIds(db),
      readOutages(db),
      readOutageEvents(db),
    ])
    return {
      compared: sites.size + outages.length,
      of: 'sites and outages',
      violations: [...(await outagesEqualFold(db)), ...strangeIds(events)],
      remarks: [`retracted: ${events.filter(({ event }) => event === 'retracted').length}`],
    }
  },
}

/** The id of an outage follows from its site and its first slot when it was opened. */
export function strangeIds(events: readonly OutageEvent[]): readonly string[] {
  return events.flatMap(({ event, id, siteId, startedAtMs }) => {
    if (event !== 'opened') return []
    let expected = outageId(siteId, startedAtMs)
    for (let next = 0; next < IDS_MAX; next++, expected = idAfter(expected)) {
      if (expected === id) return []
    }
    return [
      `site ${siteId}: ${id} is not the id of an outage that began at ${new Date(startedAtMs).toISOString()}`,
    ]
  })
}
