import type { LoadedColumn, SiteValues } from '#db/loaded-columns.ts'
import { type FormField, formFields } from './site-form-fields.ts'

/** A site as the texts of a form. */
export type SiteCells = Readonly<Partial<Record<LoadedColumn, string>>>

/** The texts that a form shows of a site. Pure. */
export function cellsOf(values: SiteValues): SiteCells {
  return Object.fromEntries(
    formFields.map(({ column }) => [column, column === 'kind' ? '' : cellOf(values[column])]),
  )
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join('\n')
  if (typeof value !== 'object') return String(value)
  return Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 1)
}

/** The texts that came with a form; of a flag the last word counts. */
export function cellsOfForm(form: FormData): SiteCells {
  const texts = formFields.map(({ column }): [string, string] => {
    const said = form.getAll(column).at(-1)
    return [column, typeof said === 'string' ? said : '']
  })
  return Object.fromEntries(texts)
}

/**
 * What a form says of a site, for `judgeSite`: of a new site everything, of a stored one what was
 * changed. What a browser does to the breaks of lines is no change. Pure.
 */
export function saidOfSite(
  cells: SiteCells,
  stored: SiteValues | null,
): ReadonlyMap<string, unknown> {
  const before = stored === null ? {} : cellsOf(stored)
  const said = formFields.filter(({ column, input }) => {
    const now = cells[column] ?? ''
    if (stored === null) return now !== ''
    return unbroken(now, input) !== unbroken(before[column] ?? '', input)
  })
  return new Map(said.map((field) => [field.column, fieldValue(cells[field.column] ?? '', field)]))
}

function unbroken(text: string, input: FormField['input']): string {
  const isLines = input === 'area' || input === 'lines'
  return isLines ? text.replaceAll('\r\n', '\n') : text.replace(/[\r\n]/g, '').trim()
}

/** As `FieldReader` takes it in cells. A tag may hold spaces, so its lines are told apart here. */
function fieldValue(text: string, { input }: FormField): unknown {
  const plain = unbroken(text, input)
  if (input !== 'lines') return plain
  return plain
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
