import type { Evidence, Span } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import { type OutageEvent, readOutageEvents } from '../run-history.ts'
import { scriptedDowns } from '../scripted-downs.ts'
import { at, meet } from '../spans.ts'

/** A target's clock is that of its log; a script changes with a timer. */
const SLACK_MS = 500

/** I9. Nothing excuses it: no fault of ours is a site's outage. */
export const noFalseAlarm: Invariant = {
  id: 'I9',
  sentence: 'Only a site that was down has an outage, even one that was taken back',
  async examine({ db, fleet, window }: Evidence) {
    return judgeAlarms({ fleet, window, events: await readOutageEvents(db) })
  },
}

export type AlarmFacts = Pick<Evidence, 'fleet' | 'window'> & {
  readonly events: readonly OutageEvent[]
}

export function judgeAlarms({ fleet, window, events }: AlarmFacts): Finding {
  const downs = Map.groupBy(scriptedDowns(fleet), ({ siteId }) => siteId)
  const opened = events.filter(({ event, siteId }) => event === 'opened' && fleet.sites.has(siteId))
  const isSteady = (siteId: number) => !(downs.get(siteId) ?? []).some((down) => meet(down, window))
  const steady = [...fleet.sites.keys()].filter(isSteady)
  const falseAlarms = opened.filter(({ siteId, startedAtMs }) => {
    const looked = lookedAt(startedAtMs, fleet)
    return !(downs.get(siteId) ?? []).some((down) => meet(down, looked))
  })
  return {
    compared: opened.length + steady.length,
    of: 'outages and sites that were up throughout',
    violations: falseAlarms.map(({ siteId, startedAtMs, id }) => {
      const isBack = events.some((other) => other.event === 'retracted' && other.id === id)
      const what = isSteady(siteId) ? 'up throughout' : 'up'
      return `site ${siteId}, which was ${what}: an outage from ${at(startedAtMs)} on${isBack ? ', later taken back' : ''}`
    }),
    remarks: [`sites that were up throughout: ${steady.length}`],
  }
}

/** When those checks were made that opened it: from its first failed slot on, as many as the threshold. */
function lookedAt(startedAtMs: number, fleet: Evidence['fleet']): Span {
  const { cadenceSeconds, failureThreshold, timeoutMs } = fleet
  const lastMs = startedAtMs + failureThreshold * cadenceSeconds * 1_000 + timeoutMs
  return { fromMs: startedAtMs - SLACK_MS, untilMs: lastMs + SLACK_MS }
}
