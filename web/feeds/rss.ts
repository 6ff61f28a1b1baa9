import { escapedText as text } from './escaped-text.ts'
import type { Feed, FeedEntry } from './feed-entries.ts'

/** RSS 2.0. It knows no relative addresses: without a public one, entries have none. */
export function rss(feed: Feed): string {
  const { publicUrl } = feed
  const self =
    publicUrl === null
      ? ''
      : `\n<atom:link rel="self" type="application/rss+xml" href="${text(`${publicUrl}/feed.rss`)}"/>`
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${text(feed.title)}</title>
<link>${text(`${publicUrl ?? ''}/`)}</link>
<description>${text(`Outages and incidents: ${feed.title}`)}</description>
<lastBuildDate>${new Date(feed.updatedAtMs).toUTCString()}</lastBuildDate>${self}
${feed.entries.map((entry) => rssItem(entry, publicUrl)).join('\n')}
</channel>
</rss>
`
}

function rssItem(entry: FeedEntry, publicUrl: string | null): string {
  const link = publicUrl === null ? '' : `\n<link>${text(publicUrl + entry.path)}</link>`
  return `<item>
<guid isPermaLink="false">${entry.id}</guid>
<title>${text(entry.title)}</title>${link}
<pubDate>${new Date(entry.updatedAtMs).toUTCString()}</pubDate>
<description>${text(entry.html)}</description>
</item>`
}
