import { html } from 'hono/html'
import type { AssetName, Assets } from '../assets.ts'
import { layout, type Markup } from '../page/layout.ts'

const sections = [
  { name: 'sites', path: '/dashboard', label: 'Sites' },
  { name: 'incidents', path: '/dashboard/incidents', label: 'Incidents' },
  { name: 'maintenance', path: '/dashboard/maintenance', label: 'Maintenance' },
  { name: 'files', path: '/dashboard/import', label: 'Files' },
] as const

export type Section = (typeof sections)[number]['name']

export type DashboardPage = {
  readonly title: string
  readonly section: Section
  readonly body: Markup
  /** What this page needs besides. */
  readonly scripts?: readonly AssetName[]
  readonly styles?: readonly AssetName[]
}

const baseScripts = ['htmx.js', 'idiomorph.js', 'dashboard.js'] as const

/** A page for who has logged in: the bar of sections, and below it what the page is about. */
export function dashboardPage(assets: Assets, page: DashboardPage): Markup {
  const { title, section, body, scripts = [], styles = [] } = page
  return layout({
    title: `${title} · Uptick`,
    assets,
    scripts: [...baseScripts, ...scripts],
    styles: ['dashboard.css', ...styles],
    bodyClass: 'dashboard',
    body: html`<header class="bar">
<div class="page wide bar-row">
<a class="brand" href="/dashboard"><img src="${assets.url('icon.svg')}" alt="" width="24" height="24">Uptick</a>
<nav aria-label="Sections">
${sections.map(
  ({ name, path, label }) =>
    html`<a class="section" href="${path}"${name === section ? html` aria-current="page"` : ''}>${label}</a>`,
)}
</nav>
<form method="post" action="/dashboard/logout"><button class="quiet" type="submit">Log out</button></form>
</div>
</header>
<main id="main" class="page wide">
${body}
</main>`,
  })
}
