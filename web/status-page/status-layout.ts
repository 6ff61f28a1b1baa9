import { html } from 'hono/html'
import type { Assets } from '../assets.ts'
import { layout, type Markup } from '../page/layout.ts'

export type StatusLayout = {
  readonly assets: Assets
  /** The heading of the status page. */
  readonly title: string
  /** What this page is about, where it is not the whole. */
  readonly subject: string | null
  /** Where the page lives: it is fetched again from there when there is news. */
  readonly path: string
  /** Of the board it shows: a stream tells at once of what came in between. */
  readonly version: string
  readonly main: Markup
}

/**
 * The frame of public pages. Without a script it is a page that one reloads; with it, news is woven
 * into what is there: the focus, the place on the page and open details stay.
 */
export function statusLayout(parts: StatusLayout): Markup {
  const { assets, title, subject, path, version, main } = parts
  return layout({
    title: subject === null ? title : `${subject} · ${title}`,
    assets,
    scripts: ['htmx.js', 'htmx-sse.js', 'idiomorph.js', 'status.js'],
    styles: ['status.css'],
    head: html`<link rel="alternate" type="application/atom+xml" title="${title}" href="/feed.atom">
<link rel="alternate" type="application/rss+xml" title="${title}" href="/feed.rss">
<link rel="alternate" type="application/feed+json" title="${title}" href="/feed.json">`,
    bodyClass: 'status',
    body: html`<div class="page" hx-ext="sse,morph" sse-connect="/events?seen=${version}">
<header class="masthead"><a class="brand" href="/"><img src="${assets.url('icon.svg')}" width="28" height="28" alt="">
<span>${title}</span></a></header>
<main id="main" tabindex="-1" hx-get="${path}" hx-trigger="sse:news" hx-select="#main" hx-swap="morph:outerHTML">
${main}
</main>
<footer class="small soft"><p>Subscribe: <a href="/feed.atom">Atom</a> <a href="/feed.rss">RSS</a> <a href="/feed.json">JSON Feed</a> · The same as data: <a href="/status.json">status.json</a></p>
<p>All times are UTC. Watched by Uptick, which says how much it has seen.</p></footer>
</div>`,
  })
}
