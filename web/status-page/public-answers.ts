import type { Assets } from '../assets.ts'
import { atom } from '../feeds/atom.ts'
import { feedOf } from '../feeds/feed-entries.ts'
import { jsonFeed } from '../feeds/json-feed.ts'
import { rss } from '../feeds/rss.ts'
import { type KeptBody, keepBody } from '../kept-body.ts'
import type { StatusFacts } from './status-facts.ts'
import { statusJson } from './status-json.ts'
import { statusPage } from './status-page.ts'

/** All that is answered from memory, made of one moment's facts. */
export type PublicAnswers = {
  readonly page: KeptBody
  readonly json: KeptBody
  readonly atom: KeptBody
  readonly rss: KeptBody
  readonly jsonFeed: KeptBody
}

export async function publicAnswers(
  facts: StatusFacts,
  version: string,
  { assets, publicUrl }: { readonly assets: Assets; readonly publicUrl: string | null },
): Promise<PublicAnswers> {
  const feed = feedOf(facts, publicUrl)
  const page = await statusPage(facts, assets, version)
  return {
    page: await keepBody('text/html; charset=utf-8', String(page)),
    json: await keepBody('application/json; charset=utf-8', statusJson(facts)),
    atom: await keepBody('application/atom+xml; charset=utf-8', atom(feed)),
    rss: await keepBody('application/rss+xml; charset=utf-8', rss(feed)),
    jsonFeed: await keepBody('application/feed+json; charset=utf-8', jsonFeed(feed)),
  }
}
