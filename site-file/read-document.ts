import { suggestion } from '#shared/domain/nearest-name.ts'
import type { Document, DocumentPath } from './document.ts'
import { type Problem, problem, type SourceItem } from './source-row.ts'

export type FileContent = {
  /** Cadences that the file brings along: name to seconds. */
  readonly cadences: ReadonlyMap<string, number>
  readonly items: readonly SourceItem[]
}

/** What a document with sections may have. `readers` is another word for sites. */
const sections = ['cadences', 'sites', 'readers'] as const
const CADENCE_SECONDS_MAX = 86_400

/**
 * Finds the sites of a document. It is a list of sites, or a map of names to sites, or has the
 * sections `sites` (such a list or map) and `cadences` (a map of names to seconds).
 */
export function readDocument(document: Document): FileContent {
  if (!document.ok) return { cadences: new Map(), items: document.problems }
  const { value } = document
  if (!isMapping(value)) return { cadences: new Map(), items: sitesAt(document, value, []) }
  const keys = Object.keys(value)
  if (!sections.some((section) => keys.includes(section))) {
    return { cadences: new Map(), items: sitesAt(document, value, []) }
  }
  const strangers = keys.filter((key) => !sections.some((section) => section === key))
  const cadences = readCadences(document, value.cadences)
  return {
    cadences: cadences.known,
    items: [
      ...strangers.map((key) =>
        problem(
          `line ${document.lineOf([])}`,
          `unknown section ${JSON.stringify(key)}${suggestion(key, sections)}`,
        ),
      ),
      ...cadences.problems,
      ...(['sites', 'readers'] as const).flatMap((section) =>
        keys.includes(section) ? sitesAt(document, value[section], [section]) : [],
      ),
    ],
  }
}

type ReadableDocument = Extract<Document, { ok: true }>

function sitesAt(document: ReadableDocument, value: unknown, path: DocumentPath): SourceItem[] {
  if (Array.isArray(value))
    return value.map((site, index) => siteAt(document, site, [...path, index], index))
  if (isMapping(value)) {
    return Object.entries(value).map(([name, site], index) =>
      siteAt(document, site, [...path, name], index),
    )
  }
  return [
    problem(`line ${document.lineOf(path)}`, 'must be a list of sites, or a map of names to sites'),
  ]
}

function siteAt(
  document: ReadableDocument,
  site: unknown,
  path: DocumentPath,
  index: number,
): SourceItem {
  const place = `line ${document.lineOf(path)}, site ${index + 1}`
  if (!isMapping(site))
    return problem(place, 'must be a map of fields, such as url: https://example.com')
  const key = path.at(-1)
  const fields = new Map(Object.entries(site))
  if (typeof key === 'string' && !fields.has('name')) fields.set('name', key)
  return { kind: 'row', place, form: 'data', fields }
}

function readCadences(document: ReadableDocument, value: unknown) {
  const known = new Map<string, number>()
  const problems: Problem[] = []
  const place = `line ${document.lineOf(['cadences'])}`
  if (value === undefined) return { known, problems }
  if (!isMapping(value)) problems.push(problem(place, 'cadences must be a map of names to seconds'))
  else {
    for (const [name, seconds] of Object.entries(value)) {
      if (isCadence(seconds)) known.set(name, seconds)
      else
        problems.push(
          problem(
            place,
            `cadence ${name} must be a whole number of seconds from 1 to ${CADENCE_SECONDS_MAX}`,
          ),
        )
    }
  }
  return { known, problems }
}

function isCadence(seconds: unknown): seconds is number {
  return (
    typeof seconds === 'number' &&
    Number.isInteger(seconds) &&
    seconds >= 1 &&
    seconds <= CADENCE_SECONDS_MAX
  )
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
