import { type SiteFacts, type StatusFacts, sitesOf } from '../status-page/status-facts.ts'

/**
 * The published site that a badge's address means: by its slug, by Gatus' key (`group_name`) where
 * only one has it, or by its number. Null for all others, whether or not there is such a site.
 */
export function findSite(facts: StatusFacts, key: string): SiteFacts | null {
  const sites = sitesOf(facts)
  const bySlug = sites.find(({ slug }) => slug === key)
  if (bySlug !== undefined) return bySlug
  const [byKey, another] = sites.filter((site) => gatusKey(site) === key.toLowerCase())
  if (byKey !== undefined) return another === undefined ? byKey : null
  return sites.find(({ siteId }) => String(siteId) === key) ?? null
}

/** As Gatus makes it of a group and a name. */
export function gatusKey({ group, name }: Pick<SiteFacts, 'group' | 'name'>): string {
  return `${gatusPart(group ?? '')}_${gatusPart(name)}`
}

const gatusPart = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[/_,. #+&]/g, '-')
