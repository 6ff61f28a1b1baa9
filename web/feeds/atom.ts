import { escapedText as text } from './escaped-text.ts'
import type { Feed, FeedEntry } from './feed-entries.ts'

/** Atom (RFC 4287). Addresses may be relative: they are resolved against the feed's own. */
export function atom(feed: Feed): string {
  const base = feed.publicUrl ?? ''
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${text(feed.publicUrl === null ? 'urn:uptick:status' : `${base}/`)}</id>
<title>${text(feed.title)}</title>
<updated>${new Date(feed.updatedAtMs).toISOString()}</updated>
<author><name>${text(feed.title)}</name></author>
<link rel="alternate" type="text/html" href="${text(`${base}/`)}"/>
<link rel="self" type="application/atom+xml" href="${text(`${base}/feed.atom`)}"/>
${feed.entries.map((entry) => atomEntry(entry, base)).join('\n')}
</feed>
`
}

function atomEntry(entry: FeedEntry, base: string): string {
  return `<entry>
<id>${entry.id}</id>
<title>${text(entry.title)}</title>
<link rel="alternate" type="text/html" href="${text(base + entry.path)}"/>
<published>${new Date(entry.publishedAtMs).toISOString()}</published>
<updated>${new Date(entry.updatedAtMs).toISOString()}</updated>
<content type="html">${text(entry.html)}</content>
</entry>`
}
