import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type OutageEvent, readOutageEvents } from '../run-history.ts'
import { scriptedDowns } from '../scripted-downs.ts'
import { at, meet } from '../spans.ts'

/** I9. Nothing excuses it: no fault of ours is a site's outage. */
export const noFalseAlarm: Invariant = {
  id: 'I9',
  sentence: 'A site that was up throughout has no outage, not even one that was taken back',
  async examine({ db, fleet, window }: Evidence) {
    return judgeAlarms({ fleet, window, events: await readOutageEvents(db) })
  },
}

export type AlarmFacts = Pick<Evidence, 'fleet' | 'window'> & {
  readonly events: readonly OutageEvent[]
}

export function judgeAlarms({ fleet, window, events }: AlarmFacts): Finding {
  // A slot of the window may be the second failed one in a row.
  const looked = { ...window, fromMs: window.fromMs - fleet.cadenceSeconds * 1_000 }
  const wasDown = new Set(
    scriptedDowns(fleet)
      .filter((down) => meet(down, looked))
      .map(({ siteId }) => siteId),
  )
  const steady = new Set([...fleet.sites.keys()].filter((siteId) => !wasDown.has(siteId)))
  return {
    compared: steady.size,
    of: 'sites that were up throughout',
    violations: events
      .filter(({ event, siteId }) => event === 'opened' && steady.has(siteId))
      .map(({ siteId, startedAtMs, id }) => {
        const isBack = events.some((other) => other.event === 'retracted' && other.id === id)
        return `site ${siteId}: an outage from ${at(startedAtMs)} on${isBack ? ', later taken back' : ''}`
      }),
    remarks: [],
  }
}
