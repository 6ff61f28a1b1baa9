import { setImmediate } from 'node:timers/promises'
import type { SeenSite } from '#db/seen-sites.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { type RecurringService, recurring } from '#shared/runtime/recurring.ts'
import { siteGauges } from './site-gauges.ts'

export type SitesWatchOptions = {
  readonly read: () => Promise<readonly SeenSite[]>
  readonly nowMs: () => number
  readonly log: Log
}

/** As often as they are usually scraped. */
const READ_EVERY_MS = 15_000
/** What is older would be told as if it were still so. */
const KEPT_MS = 60_000

export type SitesWatch = RecurringService<number> & {
  /** What was read last, as `/metrics/sites` shows it. */
  render(): string
}

/** Reads what each site's newest check saw, every 15 s: no scrape waits for it. `runOnce` says how many there are. */
export function sitesWatch({ read, nowMs, log }: SitesWatchOptions): SitesWatch {
  let known = { text: '# nothing is known yet\n', atMs: Number.POSITIVE_INFINITY }
  const runOnce = async () => {
    const sites = await read()
    const parts: string[] = []
    for (const part of siteGauges(sites)) {
      parts.push(part)
      // Ten thousand sites are 140,000 lines: a visitor is not to wait for all of them.
      await setImmediate()
    }
    known = { text: parts.join(''), atMs: nowMs() }
    return sites.length
  }
  const service = recurring({
    name: 'sites watch',
    everyMs: READ_EVERY_MS,
    runOnce,
    onDone: () => undefined,
    onTrouble: (error) => log.warn({ error: errorText(error) }, 'cannot read the sites'),
  })
  const render = () =>
    nowMs() - known.atMs > KEPT_MS ? '# the database was not heard of for a minute\n' : known.text
  return { ...service, render }
}
