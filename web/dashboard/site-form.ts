import { html } from 'hono/html'
import type { FieldProblem } from '../../site-file/judge-site.ts'
import type { Markup } from '../page/layout.ts'
import type { SiteCells } from './site-cells.ts'
import { type FormField, type FormGroup, formFields, formGroups } from './site-form-fields.ts'

export type SiteForm = {
  /** Null: a site that is not there yet. */
  readonly site: { readonly id: number; readonly version: string } | null
  readonly cells: SiteCells
  /** As it was typed; null: a new site is given one. */
  readonly slug: string | null
  readonly cadences: readonly string[]
  readonly problems: readonly FieldProblem[]
  /** Said above all: that somebody else has changed it, that it is there already. */
  readonly trouble: Markup | null
}

const LINES_OF_AREA = 2
const LINES_OF_LONG_AREA = 6

/** The form of a site. It is judged as one types, and again when it is sent; without scripts only then. */
export function siteForm(form: SiteForm): Markup {
  const { site, problems, trouble } = form
  const action = site === null ? '/dashboard/sites/new' : `/dashboard/sites/${site.id}/edit`
  return html`<form class="site-form" method="post" action="${action}" novalidate>
${site === null ? '' : html`<input type="hidden" name="id" value="${site.id}"><input type="hidden" name="version" value="${site.version}">`}
<div class="validation" hx-post="/dashboard/sites/validate" hx-trigger="input changed delay:400ms from:closest form, change from:closest form" hx-include="closest form" hx-swap="none" hx-sync="this:replace">
${trouble ?? ''}
${summary(problems)}
</div>
${formGroups.map((group) => groupOf(group, form))}
${form.slug === null ? '' : slugField(form.slug, problems)}
<div class="actions">
<button class="primary" type="submit">${site === null ? 'Add the site' : 'Save the changes'}</button>
<a class="button" href="${site === null ? '/dashboard' : `/dashboard/sites/${site.id}`}">Cancel</a>
</div>
</form>`
}

/** Not a column of files: it stands in links that others have. */
function slugField(slug: string, problems: readonly FieldProblem[]): Markup {
  const isBad = problems.some(({ field }) => field === 'slug')
  return html`<div class="panel"><div class="field"><label for="slug">Name in links</label><input type="text" id="slug" name="slug" value="${slug}" aria-describedby="slug-hint slug-problem"${isBad ? html` aria-invalid="true"` : ''} autocomplete="off" spellcheck="false"><p class="hint" id="slug-hint">in the addresses of its page and badges; links to the former name end</p>${problemOf('slug', problems)}</div></div>`
}

/** What is wrong in all, with ways to the fields. `isLive`: it takes the place of the one that is shown. */
function summary(problems: readonly FieldProblem[], isLive = false): Markup {
  const swap = isLive ? html` hx-swap-oob="true"` : ''
  if (problems.length === 0) return html`<p id="summary" class="summary" role="status"${swap}></p>`
  return html`<div id="summary" class="summary notice bad" role="status"${swap}><p>${
    problems.length === 1
      ? 'One thing is to be mended:'
      : `${problems.length} things are to be mended:`
  }</p><ul>${problems.map(
    ({ field, reason }) =>
      html`<li>${field === null ? '' : html`<a href="#${field}">${labelOf(field)}</a>: `}<bdi>${reason}</bdi></li>`,
  )}</ul></div>`
}

function labelOf(column: string): string {
  return formFields.find((field) => field.column === column)?.label ?? column
}

/** The answer to a form under way: the problem of every field, each put into its place. */
export function liveProblems(problems: readonly FieldProblem[]): Markup {
  return html`${summary(problems, true)}${formFields.map(({ column }) => problemOf(column, problems, true))}`
}

function problemOf(column: string, problems: readonly FieldProblem[], isLive = false): Markup {
  const reasons = problems.filter(({ field }) => field === column).map(({ reason }) => reason)
  const swap = isLive ? html` hx-swap-oob="true"` : ''
  return html`<p class="problem" id="${column}-problem"${swap}>${reasons.join('; ')}</p>`
}

function groupOf(group: FormGroup, form: SiteForm): Markup {
  const fields = html`<div class="fields">${group.fields.map((field) => fieldOf(field, form))}</div>`
  if (group.isOpen)
    return html`<fieldset class="panel"><legend>${group.title}</legend>${fields}</fieldset>`
  const columns = group.fields.map(({ column }) => column)
  const isNeeded = form.problems.some(({ field }) => columns.some((column) => column === field))
  const count = group.fields.filter((field) => isSet(field, form.cells)).length
  return html`<details class="panel group"${isNeeded ? html` open` : ''}><summary>${group.title}${
    count === 0 ? '' : html` <span class="soft small">${count} set</span>`
  }</summary>${fields}</details>`
}

/** Whether it says something else than its default. */
function isSet({ column, options, placeholder, input, isOn = false }: FormField, cells: SiteCells) {
  const cell = cells[column] ?? ''
  if (input === 'flag') return cell !== '' && cell !== String(isOn)
  return cell !== '' && cell !== placeholder && cell !== options?.[0]
}

function fieldOf(field: FormField, form: SiteForm): Markup {
  const { column, label, hint, input } = field
  const cell = form.cells[column] ?? ''
  const isBad = form.problems.some((problem) => problem.field === column)
  const about = html`id="${column}" name="${column}" aria-describedby="${column}-hint ${column}-problem"${
    isBad ? html` aria-invalid="true"` : ''
  }`
  const notes = html`<p class="hint" id="${column}-hint">${hint ?? ''}</p>${problemOf(column, form.problems)}`
  if (input === 'flag') return flagField(field, cell, about, notes)
  return html`<div class="field"><label for="${column}">${label}</label>${inputOf(field, cell, about, form)}${notes}</div>`
}

/** A box that is not ticked says nothing: the field before it says no in its place. */
function flagField(field: FormField, cell: string, about: Markup, notes: Markup): Markup {
  const isOn = cell === '' ? (field.isOn ?? false) : cell === 'true'
  return html`<div class="field flag"><input type="hidden" name="${field.column}" value="false">
<label><input type="checkbox" value="true" ${about}${isOn ? html` checked` : ''}> ${field.label}</label>${notes}</div>`
}

function inputOf(field: FormField, cell: string, about: Markup, { cadences }: SiteForm): Markup {
  const { input, placeholder = '', column } = field
  if (input === 'choice') {
    const options = column === 'cadence' ? cadences : (field.options ?? [])
    const chosen = cell === '' && column === 'cadence' ? '5m' : cell
    return html`<select ${about}>${options.map(
      (option) =>
        html`<option value="${option}"${option === chosen ? html` selected` : ''}>${option === '' ? 'by the address' : option}</option>`,
    )}</select>`
  }
  if (input === 'area' || input === 'lines') {
    const rows = Math.min(LINES_OF_LONG_AREA, Math.max(LINES_OF_AREA, cell.split('\n').length))
    // A browser drops the first break of an area.
    return html`<textarea ${about} rows="${rows}" placeholder="${placeholder}" spellcheck="false">
${cell}</textarea>`
  }
  const mode = input === 'number' ? html` inputmode="decimal"` : ''
  return html`<input type="text" ${about} value="${cell}" placeholder="${placeholder}" autocomplete="off" spellcheck="false"${mode}>`
}
