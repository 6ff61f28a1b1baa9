import { html } from 'hono/html'
import type { Difference } from '#db/load-site-config.ts'
import { DIFFERENCES_SHOWN_MAX, type LoadOutcome } from '../../site-file/load-sites.ts'
import { siteFileFormats } from '../../site-file/write-sites.ts'
import type { Markup } from '../page/layout.ts'
import { scrollBox } from './scroll-box.ts'

/** What came of a file, and the file's name. */
export type LoadedFile = { readonly name: string; readonly outcome: LoadOutcome }

export function importPage(
  trouble: Markup | null,
  note: string | null,
  tags: readonly string[],
): Markup {
  return html`<h1>Import and export</h1>
${note === null ? '' : html`<p class="notice" role="status">${note}</p>`}
${trouble ?? ''}
<div class="form">
<form class="panel" method="post" action="/dashboard/import" enctype="multipart/form-data">
<h2>Import</h2>
<p>A <code>.csv</code>, <code>.yaml</code> or <code>.json</code> file of sites, of 10 MiB at most. First you see what it would change; nothing is stored before you say so. Sites that are not in the file stay as they are.</p>
<div class="field"><label for="file">File</label><input id="file" name="file" type="file" accept=".csv,.yaml,.yml,.json" required></div>
<div class="actions"><button class="primary" type="submit">Show what would change</button></div>
</form>
<form class="panel" method="get" action="/dashboard/export">
<h2>Export</h2>
<p>All sites, or those with a tag, as a file that can be imported again. Names of secrets are in it, and so are headers, bodies and the tokens of heartbeats.</p>
<div class="fields">
<div class="field"><label for="format">Format</label><select id="format" name="format">${siteFileFormats.map((format) => html`<option value="${format}">${format.toUpperCase()}</option>`)}</select></div>
<div class="field"><label for="export-tag">Sites</label><select id="export-tag" name="tag"><option value="">all</option>${tags.map((tag) => html`<option value="${tag}">${tag}</option>`)}</select></div>
</div>
<div class="actions"><button type="submit">Download</button></div>
</form>
</div>`
}

export function importTrouble(text: string): Markup {
  return html`<p class="notice bad" role="alert"><bdi>${text}</bdi></p>`
}

/** What a file would change, or why it cannot be loaded. `id`: by which the file is held. */
export function importReview({ name, outcome }: LoadedFile, id: string): Markup {
  return html`<p class="crumbs"><a href="/dashboard/import">Import and export</a></p>
<h1><bdi>${name}</bdi></h1>
${outcome.outcome === 'refused' ? refusal(outcome) : review(outcome, id)}`
}

function refusal({ problems, count }: Extract<LoadOutcome, { outcome: 'refused' }>): Markup {
  const hidden = count - problems.length
  return html`<p class="notice bad" role="alert">Nothing was stored: ${count === 1 ? 'one thing is' : `${count} things are`} to be mended in the file.</p>
${scrollBox(
  'Problems',
  html`<table>
<thead><tr><th>Where</th><th>What</th></tr></thead>
<tbody>${problems.map(({ place, reason }) => html`<tr><td class="number">${place}</td><td><bdi>${reason}</bdi></td></tr>`)}</tbody>
</table>`,
)}${hidden > 0 ? html`<p class="soft">and ${hidden} more</p>` : ''}
<p class="actions"><a class="button" href="/dashboard/import">Choose another file</a></p>`
}

function review(outcome: Exclude<LoadOutcome, { outcome: 'refused' }>, id: string): Markup {
  const { inserted, updated, unchanged } = outcome
  const differences = outcome.outcome === 'rehearsed' ? outcome.differences : []
  return html`<dl class="figures">${[
    ['New', inserted],
    ['Changed', updated],
    ['As before', unchanged],
  ].map(
    ([label, count]) =>
      html`<div class="panel figure"><dt>${label}</dt><dd><strong>${count?.toLocaleString('en')}</strong></dd></div>`,
  )}</dl>
${inserted + updated === 0 ? html`<p>The file says what is stored already.</p>` : loadForm(id)}
${differences.length === 0 ? '' : differenceTable(differences)}
${inserted + updated > differences.length ? html`<p class="soft">The first ${DIFFERENCES_SHOWN_MAX} are shown.</p>` : ''}`
}

function loadForm(id: string): Markup {
  return html`<form class="actions" method="post" action="/dashboard/import/load"><input type="hidden" name="id" value="${id}"><button class="primary" type="submit">Store all of it</button><a class="button" href="/dashboard/import">Leave it</a></form>`
}

function differenceTable(differences: readonly Difference[]): Markup {
  return html`<section aria-labelledby="differences"><h2 id="differences">Differences</h2>${scrollBox(
    'Differences',
    html`<table class="stacked">
<thead><tr><th>Site</th><th>Change</th></tr></thead>
<tbody>${differences.map(
      ({ site, changes }) =>
        html`<tr><td class="whole"><bdi>${site}</bdi></td><td class="whole">${
          changes.length === 0
            ? html`<span class="tag">new</span>`
            : changes.map(
                (change) =>
                  html`<span class="change"><code>${change.column}</code> <del><bdi>${textOf(change.old)}</bdi></del> <ins><bdi>${textOf(change.new)}</bdi></ins></span>`,
              )
        }</td></tr>`,
    )}</tbody></table>`,
  )}</section>`
}

const SHOWN_CHARACTERS_MAX = 200

function textOf(value: unknown): string {
  const text = value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text
}
