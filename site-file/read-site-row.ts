import { type LoadedColumn, loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import { siteProblem } from '#shared/domain/site.ts'
import { FieldReader } from './field-reader.ts'
import { fieldSuggestion } from './field-suggestion.ts'
import { readSiteValues } from './read-site-values.ts'
import { readerFields, translateReader } from './reader-dialect.ts'
import { siteOf } from './site-of.ts'
import { type Problem, problem, type SourceRow } from './source-row.ts'

export type SiteRow = {
  readonly kind: 'site'
  readonly place: string
  /** The columns that the file says something of; the others keep what they have. */
  readonly given: readonly LoadedColumn[]
  readonly values: SiteValues
  /** Why it could not be checked if this were all of it. A site that is there already may know better. */
  readonly doubt: string | null
}

/** What a file may say of a site, in its own words and in a reader's. */
export const acceptedFields: readonly string[] = [...loadedColumns, ...readerFields]

/** Judges one row of a file: a site that may be stored, or every reason why it may not. Pure. */
export function readSiteRow(
  row: SourceRow,
  cadences: ReadonlySet<string>,
): SiteRow | readonly Problem[] {
  const translated = translateReader(row.fields)
  if (!translated.ok) return [problem(row.place, translated.reason)]
  const read = new FieldReader(row.form, translated.fields)
  const values = readSiteValues(read, cadences)
  const reasons = [...unknownFields(translated.fields), ...read.problems]
  if (reasons.length > 0) return reasons.map((reason) => problem(row.place, reason))
  const given = loadedColumns.filter((column) => translated.fields.has(column))
  return { kind: 'site', place: row.place, given, values, doubt: siteProblem(siteOf(values)) }
}

function unknownFields(fields: ReadonlyMap<string, unknown>): string[] {
  return [...fields.keys()]
    .filter((name) => !acceptedFields.includes(name))
    .map((name) => `unknown field ${JSON.stringify(name)}${fieldSuggestion(name, acceptedFields)}`)
}
