import { siteNames } from '#db/choose-sites.ts'
import type { Db } from '#db/connect.ts'
import { suggestion } from '#shared/domain/nearest-name.ts'

/** Enough to find what was meant; nobody misspells one of more. */
const NAMES_MAX = 20_000

/** That there are no such sites, and for each what was probably meant. */
export async function sitesNotFound(db: Db, unknown: readonly string[]): Promise<string> {
  const names = await siteNames(db, NAMES_MAX)
  return unknown
    .map((site) => `there is no site ${JSON.stringify(site)}${suggestion(site, names)}`)
    .join('; ')
}
