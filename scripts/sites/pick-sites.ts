import type { Db } from '#db/connect.ts'
import { type PickedSite, sitesByTags, sitesByWords, type WordMatch } from '#db/picked-sites.ts'
import { plainLine } from '#shared/domain/plain-line.ts'

export type Picks =
  | { readonly outcome: 'picked'; readonly sites: readonly PickedSite[] }
  /** Nothing is picked where one word is in doubt. */
  | { readonly outcome: 'refused'; readonly problems: readonly string[] }

const SHOWN_MAX = 5
const WORD_MAX = 120

/** The sites that the words name, each exactly one, and those that have any of the tags; each once. */
export async function pickSites(
  db: Db,
  { words, tags }: { readonly words: readonly string[]; readonly tags: readonly string[] },
): Promise<Picks> {
  const matches = await sitesByWords(db, words)
  const tagged = await sitesByTags(db, tags)
  const problems = [
    ...matches.flatMap(problemOf),
    ...(tags.length > 0 && tagged.length === 0
      ? [`no site has ${tags.map(quoted).join(' or ')}`]
      : []),
  ]
  if (problems.length > 0) return { outcome: 'refused', problems }
  const byId = new Map([...matches.flatMap(({ sites }) => sites), ...tagged].map((s) => [s.id, s]))
  return { outcome: 'picked', sites: [...byId.values()] }
}

function problemOf({ word, sites }: WordMatch): readonly string[] {
  if (sites.length === 1) return []
  if (sites.length === 0) return [`${quoted(word)}: there is no such site`]
  const ids = sites.slice(0, SHOWN_MAX).map(({ id }) => id)
  const more = sites.length > SHOWN_MAX ? ', ...' : ''
  return [`${quoted(word)}: may be any of the sites ${ids.join(', ')}${more}: say which id`]
}

function quoted(word: string): string {
  return JSON.stringify(plainLine(word, WORD_MAX))
}
