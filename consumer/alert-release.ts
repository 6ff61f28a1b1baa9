import { alertHolds } from '#db/alert-hold.ts'
import type { Db, Trx } from '#db/connect.ts'
import { newestOutages, type Outage, releaseOutages, sitesWithHeldOutages } from '#db/outages.ts'
import { endFlapping, lockSites, type SiteState } from '#db/sites.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'
import { type News, type NotifyOptions, queueNotifications } from './queue-notifications.ts'

export type AlertReleaseOptions = NotifyOptions & { readonly db: Db; readonly log: Log }

/** What one look has come to: outages that are told of now, and sites that do not flap any more. */
export type Released = { readonly told: readonly Outage[]; readonly calmed: readonly number[] }

/** Told this much later than it could be, at the most. */
const LOOK_EVERY_MS = 5_000
const SITES_AT_ONCE = 500

/**
 * Tells of outages that were held back, once what held them is over and they are not: work that was
 * planned, something above them that was down, or their own restlessness. Any number may run.
 */
export function alertRelease(options: AlertReleaseOptions): RecurringService<Released> {
  const { log } = options
  return recurring({
    name: 'alert release',
    everyMs: LOOK_EVERY_MS,
    runOnce: () => releaseAlerts(options),
    onDone: ({ told, calmed }) => {
      if (told.length > 0) log.info({ count: told.length }, 'outages told of that were held back')
      for (const siteId of calmed) log.info({ site_id: siteId }, 'site has calmed down')
    },
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'could not look at held outages'),
  })
}

function releaseAlerts(options: AlertReleaseOptions): Promise<Released> {
  return options.db.transaction().execute(async (trx) => {
    const calmed = await endFlapping(trx, options.flapping.calmMs / 1_000)
    const held = await sitesWithHeldOutages(trx, SITES_AT_ONCE)
    if (calmed.length + held.length === 0) return { told: [], calmed }
    const states = await lockSites(trx, [...new Set([...calmed, ...held])])
    const told = await releaseFree(trx, [...states.values()])
    const calm = await newestOutages(
      trx,
      calmed.filter((siteId) => isUp(states.get(siteId))),
    )
    const news = [
      ...told.flatMap((outage) => newsOf('outage', outage, states)),
      ...calm.flatMap((outage) => newsOf('calm', outage, states)),
    ]
    await queueNotifications(trx, news, options)
    return { told, calmed }
  })
}

async function releaseFree(trx: Trx, states: readonly SiteState[]): Promise<readonly Outage[]> {
  const holds = await alertHolds(
    trx,
    states.map(({ siteId }) => siteId),
  )
  const free = states.filter(
    (state) => !holds.has(state.siteId) && state.flappingSinceMs === null && isStillFailing(state),
  )
  return releaseOutages(
    trx,
    free.map(({ siteId }) => siteId),
  )
}

/** A site whose last look was good is about to recover: nothing to be told any more. */
function isStillFailing({ health }: SiteState): boolean {
  return health.status === 'down' && health.streak === 0
}

function isUp(state: SiteState | undefined): boolean {
  return state?.health.status === 'up'
}

function newsOf(
  kind: 'outage' | 'calm',
  outage: Outage,
  states: ReadonlyMap<number, SiteState>,
): News[] {
  const state = states.get(outage.siteId)
  return state === undefined ? [] : [{ kind, state, outage, recipients: null }]
}
