import { html, raw } from 'hono/html'
import type { Incident, IncidentUpdate } from '#db/incidents.ts'
import type { IncidentStatus } from '#db/page-tables.ts'
import type { Markup } from '../page/layout.ts'
import { markdown } from '../status-page/markdown.ts'
import { concernedFields, concernedText } from './concerned-sites.ts'
import { choiceField, formField, formSummary, type SentForm } from './form-fields.ts'
import { showInstant } from './show-time.ts'

export const statusOptions = [
  ['investigating', 'Investigating'],
  ['identified', 'Identified'],
  ['monitoring', 'Monitoring'],
  ['resolved', 'Resolved'],
] as const satisfies readonly (readonly [IncidentStatus, string])[]

const shades = {
  investigating: 'down',
  identified: 'down',
  monitoring: 'partly',
  resolved: 'up',
} as const satisfies Record<IncidentStatus, string>

function statusWord(status: IncidentStatus): Markup {
  const label = statusOptions.find(([value]) => value === status)?.[1] ?? status
  return html`<span class="state ${shades[status]}">${label}</span>`
}

export function incidentList(
  incidents: readonly Incident[],
  names: ReadonlyMap<number, string>,
  note: string | null,
): Markup {
  return html`<div class="title-row"><div><h1>Incidents</h1>
<p class="soft">What visitors of the status page are told in words, beside what was measured.</p></div>
<a class="button primary" href="/dashboard/incidents/new">Tell of an incident</a></div>
${note === null ? '' : html`<p class="notice" role="status">${note}</p>`}
${
  incidents.length === 0
    ? html`<p class="empty">Nothing has been told yet.</p>`
    : html`<div class="panel bare scroll"><table class="stacked">
<thead><tr><th>State</th><th>Incident</th><th>Concerns</th><th>Began</th><th>Resolved</th></tr></thead>
<tbody>${incidents.map(
        (incident) => html`<tr>
<td>${statusWord(incident.status)}</td>
<td class="whole"><a href="/dashboard/incidents/${incident.id}"><bdi>${incident.title}</bdi></a></td>
<td class="whole">${concernedText(incident, names)}</td>
<td>${showInstant(incident.createdAtMs)}</td>
<td>${incident.resolvedAtMs === null ? html`<span class="soft">open</span>` : showInstant(incident.resolvedAtMs)}</td></tr>`,
      )}</tbody></table></div>`
}`
}

export function newIncidentForm(sent: SentForm): Markup {
  return html`<p class="crumbs"><a href="/dashboard/incidents">Incidents</a></p><h1>Tell of an incident</h1>
${formSummary(sent)}
<form class="form" method="post" action="/dashboard/incidents/new">
<fieldset class="panel"><legend>What happened</legend><div class="fields">
${formField({ name: 'title', label: 'Title', placeholder: 'Payments are slow' }, sent)}
${choiceField({ name: 'status', label: 'State' }, statusOptions, sent)}
</div>${bodyField(sent)}</fieldset>
<fieldset class="panel"><legend>Whom it concerns</legend><div class="fields">${concernedFields(sent)}</div></fieldset>
<div class="actions"><button class="primary" type="submit">Publish</button><a class="button" href="/dashboard/incidents">Cancel</a></div>
</form>`
}

export type ShownIncident = Incident & { readonly updates: readonly IncidentUpdate[] }

export function incidentPage(
  incident: ShownIncident,
  names: ReadonlyMap<number, string>,
  sent: SentForm,
  note: string | null,
): Markup {
  const path = `/dashboard/incidents/${incident.id}`
  return html`<p class="crumbs"><a href="/dashboard/incidents">Incidents</a></p>
<div class="title-row"><div><h1><bdi>${incident.title}</bdi></h1><p>${statusWord(incident.status)} <span class="soft">since ${showInstant(incident.createdAtMs)}, concerns</span> ${concernedText(incident, names)}</p></div></div>
${note === null ? '' : html`<p class="notice" role="status">${note}</p>`}
${formSummary(sent)}
<form class="form" method="post" action="${path}/updates">
<fieldset class="panel"><legend>Post an update</legend><div class="fields">${choiceField({ name: 'status', label: 'State' }, statusOptions, sent)}</div>${bodyField(sent)}
<div class="actions"><button class="primary" type="submit">Post</button></div></fieldset></form>
<section aria-labelledby="updates"><h2 id="updates">What was told</h2><ol class="updates plain">${incident.updates.map(
    (update) =>
      html`<li class="panel"><p>${statusWord(update.status)} <span class="soft small">${showInstant(update.postedAtMs)}</span></p><div class="markdown">${markdownOf(update.body)}</div></li>`,
  )}</ol></section>
<section aria-labelledby="end"><h2 id="end" class="visually-hidden">Remove</h2><details class="panel"><summary>Remove this incident</summary><p>It is taken off the status page and its feeds, with all its updates. There is no way back; one that is over is better resolved.</p><form method="post" action="${path}/remove"><button class="danger" type="submit">Remove it for ever</button></form></details></section>`
}

/** As one types, what visitors will see stands below. */
function bodyField(sent: SentForm): Markup {
  const preview = html`hx-post="/dashboard/incidents/preview" hx-trigger="input changed delay:300ms, load" hx-target="#preview" hx-sync="this:replace"`
  return html`${formField({ name: 'body', label: 'Words', type: 'area', rows: 5, hint: 'Markdown; HTML in it is shown as text', more: preview }, sent)}
<div id="preview" class="markdown preview scripted-only" aria-live="polite" aria-label="Preview"></div>`
}

/** The renderer of the status page, which lets nothing through that could run or load anything. */
export function markdownOf(text: string): Markup {
  return raw(markdown(text))
}
