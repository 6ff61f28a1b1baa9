import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'
import { type FormProblem, textOf } from './form-text.ts'

/** A form as it was sent, shown again with what is wrong in it; at first both are empty. */
export type SentForm = { readonly form: FormData; readonly problems: readonly FormProblem[] }

export type FieldShape = {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'datetime-local' | 'time' | 'date' | 'area'
  readonly rows?: number
  readonly placeholder?: string
  /** Attributes of htmx. */
  readonly more?: Markup
}

export function formField(shape: FieldShape, { form, problems }: SentForm): Markup {
  const { name, label, hint = '', type = 'text', rows = 2, placeholder = '', more = html`` } = shape
  const reasons = reasonsOf(name, problems)
  const about = html`id="${name}" name="${name}" aria-describedby="${name}-hint ${name}-problem"${
    reasons === '' ? '' : html` aria-invalid="true"`
  } ${more}`
  const text = textOf(form, name)
  const input =
    type === 'area'
      ? html`<textarea class="prose" ${about} rows="${rows}" placeholder="${placeholder}">
${text}</textarea>`
      : html`<input type="${type}" ${about} value="${text}" placeholder="${placeholder}" autocomplete="off">`
  return html`<div class="field"><label for="${name}">${label}</label>${input}<p class="hint" id="${name}-hint">${hint}</p><p class="problem" id="${name}-problem">${reasons}</p></div>`
}

export function choiceField(
  shape: Pick<FieldShape, 'name' | 'label'>,
  options: readonly (readonly [value: string, label: string])[],
  { form, problems }: SentForm,
): Markup {
  const { name, label } = shape
  const chosen = textOf(form, name)
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options.map(
    ([value, text]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`,
  )}</select><p class="problem" id="${name}-problem">${reasonsOf(name, problems)}</p></div>`
}

/** One box, or one of several of a name. */
export function boxField(name: string, value: string, label: string, { form }: SentForm): Markup {
  const isTicked = form.getAll(name).includes(value)
  return html`<label class="box"><input type="checkbox" name="${name}" value="${value}"${isTicked ? html` checked` : ''}> ${label}</label>`
}

export function formSummary({ problems }: SentForm): Markup {
  if (problems.length === 0) return html``
  return html`<div class="notice bad" role="alert"><p>This cannot be stored yet:</p><ul>${problems.map(
    ({ field, reason }) =>
      html`<li><a href="#${field}">${field.replaceAll('_', ' ')}</a>: <bdi>${reason}</bdi></li>`,
  )}</ul></div>`
}

function reasonsOf(name: string, problems: readonly FormProblem[]): string {
  return problems
    .filter(({ field }) => field === name)
    .map(({ reason }) => reason)
    .join('; ')
}
