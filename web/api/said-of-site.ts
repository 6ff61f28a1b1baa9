import { isDeepStrictEqual } from 'node:util'
import { type LoadedColumn, loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import { type FieldProblem, judgeSite } from '../../site-file/judge-site.ts'
import { mergePatch } from './merge-patch.ts'
import { slugPattern } from './site-schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** The site as it is stored; what a patch does not name stays as it is there. Null: a new site. */
export type Stored = { readonly values: SiteValues; readonly slug: string } | null

export type Judged =
  | {
      readonly outcome: 'accepted'
      readonly values: SiteValues
      /** Those that are not as they are stored. */
      readonly changed: readonly LoadedColumn[]
      /** Null: none is given, or it is as it was. */
      readonly slug: string | null
    }
  | { readonly outcome: 'refused'; readonly problems: readonly FieldProblem[] }

/** What the API tells of a site beside what can be set. */
const toldOnly = [
  'id',
  'state',
  'state_since',
  'invalid_reason',
  'created_at',
  'updated_at',
  'last',
  'certificate',
  'self',
]
/** More than there are; each that nobody knows is looked up for what was meant. */
const FIELDS_MAX = 100
const mergedColumns = ['headers', 'expected_headers'] as const satisfies readonly LoadedColumn[]

/** Judges what a request says of a site by the rules of files, and finds what would change. Pure. */
export function judgeRequest(said: Fields, stored: Stored, cadences: ReadonlySet<string>): Judged {
  const count = Object.keys(said).length
  if (count > FIELDS_MAX) return refuse([{ field: null, reason: `${count} fields are too many` }])
  const { slug, ...others } = said
  const told = Object.keys(others).filter((name) => toldOnly.includes(name))
  const settings = Object.entries(others).filter(([name]) => !toldOnly.includes(name))
  const fields = new Map(settings.map(([name, value]) => [name, merged(name, value, stored)]))
  const verdict = judgeSite({ form: 'data', fields, stored: stored?.values ?? null }, cadences)
  const problems = [
    ...told.map((field) => ({ field, reason: 'is told, and cannot be set' })),
    ...slugProblems(slug),
    ...(verdict.outcome === 'refused' ? verdict.problems : []),
  ]
  if (verdict.outcome === 'refused' || problems.length > 0) return refuse(problems)
  const { values } = verdict
  return {
    outcome: 'accepted',
    values,
    changed: loadedColumns.filter(
      (column) => !isDeepStrictEqual(values[column], stored?.values[column]),
    ),
    slug: typeof slug === 'string' && slug !== stored?.slug ? slug : null,
  }
}

/** A map is patched name by name, as RFC 7396 says. */
function merged(name: string, value: unknown, stored: Stored): unknown {
  const column = mergedColumns.find((one) => one === name)
  if (column === undefined || stored === null || value === null) return value
  return mergePatch(stored.values[column], value)
}

function slugProblems(slug: unknown): readonly FieldProblem[] {
  if (slug === undefined) return []
  if (typeof slug === 'string' && slugPattern.test(slug)) return []
  const reason =
    'must be 1 to 64 small letters, digits or dashes, and neither begin nor end with a dash'
  return [{ field: 'slug', reason }]
}

function refuse(problems: readonly FieldProblem[]): Judged {
  return { outcome: 'refused', problems }
}
