import type { Feed } from './feed-entries.ts'

/** JSON Feed 1.1. Its addresses are absolute: without a public one they are left out. */
export function jsonFeed(feed: Feed): string {
  const { publicUrl } = feed
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    ...(publicUrl === null
      ? {}
      : { home_page_url: `${publicUrl}/`, feed_url: `${publicUrl}/feed.json` }),
    items: feed.entries.map((entry) => ({
      id: entry.id,
      ...(publicUrl === null ? {} : { url: publicUrl + entry.path }),
      title: entry.title,
      content_html: entry.html,
      date_published: new Date(entry.publishedAtMs).toISOString(),
      date_modified: new Date(entry.updatedAtMs).toISOString(),
    })),
  })
}
