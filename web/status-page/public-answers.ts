import type { Assets } from '../assets.ts'
import { atom } from '../feeds/atom.ts'
import { feedOf } from '../feeds/feed-entries.ts'
import { jsonFeed } from '../feeds/json-feed.ts'
import { rss } from '../feeds/rss.ts'
import { type KeptBody, keepBody } from '../kept-body.ts'
import type { StatusFacts } from './status-facts.ts'
import { statusJson } from './status-json.ts'
import { statusPage } from './status-page.ts'

/**
 * All that is answered from memory, made of one moment's facts: the page at once, since most ask for
 * it, and the rest when somebody does.
 */
export type PublicAnswers = Readonly<Record<PublicAnswer, () => Promise<KeptBody>>>

export type PublicAnswer = 'page' | 'json' | 'atom' | 'rss' | 'jsonFeed'

export async function publicAnswers(
  facts: StatusFacts,
  version: string,
  { assets, publicUrl }: { readonly assets: Assets; readonly publicUrl: string | null },
): Promise<PublicAnswers> {
  const feed = feedOf(facts, publicUrl)
  const page = await keepBody(
    'text/html; charset=utf-8',
    String(await statusPage(facts, assets, version)),
  )
  return {
    page: async () => page,
    json: once(() => keepBody('application/json; charset=utf-8', statusJson(facts))),
    atom: once(() => keepBody('application/atom+xml; charset=utf-8', atom(feed))),
    rss: once(() => keepBody('application/rss+xml; charset=utf-8', rss(feed))),
    jsonFeed: once(() => keepBody('application/feed+json; charset=utf-8', jsonFeed(feed))),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}
