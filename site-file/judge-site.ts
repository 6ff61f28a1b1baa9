import { type LoadedColumn, loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import { contradictionsIn } from './contradictions.ts'
import { readSiteRow } from './read-site-row.ts'
import { translateReader } from './reader-dialect.ts'
import type { SourceRow } from './source-row.ts'

/** What somebody says of one site, in a form or in a request. */
export type SaidOfSite = {
  /** `cells`: texts, and an empty one is the default. `data`: values have types. */
  readonly form: SourceRow['form']
  /** By column, or by a field of a reader. */
  readonly fields: ReadonlyMap<string, unknown>
  /** The site as it is stored; what is not said stays as it is there. Null: a new site. */
  readonly stored: SiteValues | null
}

export type SiteVerdict =
  | {
      readonly outcome: 'accepted'
      /** The whole site, as it would be stored. */
      readonly values: SiteValues
      /** The columns that something was said of. */
      readonly given: readonly LoadedColumn[]
    }
  | { readonly outcome: 'refused'; readonly problems: readonly FieldProblem[] }

export type FieldProblem = {
  /** The field to mend, the first where several do not go together; null: none in particular. */
  readonly field: string | null
  /** Without the field, where it stands before the reason. Values of secrets are never in it. */
  readonly reason: string
}

/**
 * Judges one site by the rules of a file, of the table's constraints and of the scheduler, all at
 * once: a site that may be stored and can be checked, or every reason why not. Pure.
 */
export function judgeSite(said: SaidOfSite, cadences: ReadonlySet<string>): SiteVerdict {
  const translated = translateReader(said.fields)
  if (!translated.ok) return refuse([translated.reason])
  const fields = new Map([...storedFields(said.stored, translated.fields), ...translated.fields])
  const read = readSiteRow({ kind: 'row', place: '', form: said.form, fields }, cadences)
  if (!('kind' in read)) return refuse(read.map(({ reason }) => reason))
  const contradictions = contradictionsIn(read.values)
  // Of what does not go together the scheduler would only complain again, in other words.
  if (contradictions.length > 0) return refuse(contradictions)
  if (read.doubt !== null) return refuse([read.doubt])
  const given = loadedColumns.filter((column) => translated.fields.has(column))
  return { outcome: 'accepted', values: read.values, given }
}

/** A new address may be of another kind, which it says itself. */
function storedFields(stored: SiteValues | null, said: ReadonlyMap<string, unknown>) {
  return Object.entries(stored ?? {}).filter(([name]) => name !== 'kind' || !said.has('url'))
}

function refuse(reasons: readonly string[]): SiteVerdict {
  return { outcome: 'refused', problems: reasons.map(fieldProblem) }
}

function fieldProblem(text: string): FieldProblem {
  const [, field, reason] = /^([a-z_]+): (.*)$/s.exec(text) ?? []
  if (field !== undefined && reason !== undefined) return { field, reason }
  const unknown = /^unknown field "([^"]*)"/.exec(text)?.[1]
  const named = text.split(/[^a-z_]+/).find((word) => isColumn(word))
  return { field: unknown ?? named ?? null, reason: text }
}

function isColumn(word: string): boolean {
  return loadedColumns.some((column) => column === word)
}
