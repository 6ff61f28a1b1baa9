import { findSiteId, readSiteRecord, type SiteRecord } from '#db/site-records.ts'
import { type Answer, problem } from './answer.ts'
import type { Call } from './operation.ts'

type Found<Value> =
  | { readonly outcome: 'found'; readonly value: Value }
  | { readonly outcome: 'refused'; readonly answer: Answer }

/** The id of the site that the path names, by its id or its slug. */
export async function siteIdOf({ web, path }: Call): Promise<Found<number>> {
  return orNotFound(await findSiteId(web.db, path.site ?? ''))
}

/** All of the site that the path names. */
export async function siteOf({ web, path }: Call): Promise<Found<SiteRecord>> {
  return orNotFound(await readSiteRecord(web.db, path.site ?? ''))
}

export function noSite(): Answer {
  return problem('not-found', 'no site has this id or slug')
}

function orNotFound<Value>(value: Value | null): Found<Value> {
  return value === null ? { outcome: 'refused', answer: noSite() } : { outcome: 'found', value }
}
