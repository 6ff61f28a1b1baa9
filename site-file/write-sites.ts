import { stringify } from 'yaml'
import { type LoadedColumn, loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import { FieldReader } from './field-reader.ts'
import { readSiteValues } from './read-site-values.ts'

export const siteFileFormats = ['yaml', 'json', 'csv'] as const
export type SiteFileFormat = (typeof siteFileFormats)[number]

/** What goes into a file of sites. */
export type SitesToWrite = {
  readonly sites: readonly SiteValues[]
  /** Those that the sites are at: name to seconds. A CSV has no place for them. */
  readonly cadences: ReadonlyMap<string, number>
}

type Field = readonly [column: LoadedColumn, value: unknown]

/** Where sites begin in the file, for whoever opens it. */
const YAML_HEADING =
  '# Sites of Uptick. What each field means: docs/checks.md. Load them: uptick sites import FILE\n'
const YAML_STYLE = {
  version: '1.2',
  schema: 'core',
  // Words such as yes and on are quoted, for readers of the older YAML.
  compat: 'yaml-1.1',
  lineWidth: 0,
  // Every text is on one line: blank lines between sites can then be no part of any.
  blockQuote: false,
  singleQuote: false,
  doubleQuotedAsJSON: true,
  aliasDuplicateObjects: false,
} as const

const defaults = readSiteValues(
  new FieldReader('data', new Map([['url', 'https://example.invalid/']])),
  new Set(['5m']),
)

/**
 * A file that `loadSites` reads back as the same sites, in the order that they are given. Fields at
 * their defaults are left out, and of a CSV the columns in which all are. Secrets stand in it by
 * their names; headers, bodies and the tokens of heartbeats stand in it as they are. Pure.
 */
export function writeSites(format: SiteFileFormat, file: SitesToWrite): string {
  return writers[format](file.sites.map(fieldsOf), file.cadences)
}

const writers: Readonly<
  Record<SiteFileFormat, (sites: readonly (readonly Field[])[], cadences: Cadences) => string>
> = { yaml: yamlText, json: jsonText, csv: csvText }

type Cadences = SitesToWrite['cadences']

/** The URL says its kind by itself. */
function fieldsOf(site: SiteValues): readonly Field[] {
  return loadedColumns
    .filter((column) => column !== 'kind' && (isAlwaysSaid(column) || isSaid(column, site[column])))
    .map((column) => [column, site[column]])
}

function isAlwaysSaid(column: LoadedColumn): boolean {
  return column === 'url' || column === 'cadence'
}

/** An empty text reads as its column's default. */
function isSaid(column: LoadedColumn, value: unknown): boolean {
  return value !== '' && JSON.stringify(value) !== JSON.stringify(defaults[column])
}

function yamlText(sites: readonly (readonly Field[])[], cadences: Cadences): string {
  const rows = sites.map((fields) => inYaml({ sites: [documentSite(fields)] }, 'sites:\n'))
  return [
    YAML_HEADING,
    inYaml({ cadences: Object.fromEntries(cadences) }, ''),
    sites.length === 0 ? 'sites: []\n' : `sites:\n${rows.join('\n')}`,
  ].join('\n')
}

function inYaml(value: object, withoutStart: string): string {
  return stringify(value, YAML_STYLE).slice(withoutStart.length)
}

function jsonText(sites: readonly (readonly Field[])[], cadences: Cadences): string {
  const file = { cadences: Object.fromEntries(cadences), sites: sites.map(documentSite) }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Rules are easier to read, and to change, one below the other. */
function documentSite(fields: readonly Field[]): object {
  const shown = fields.map(([column, value]): Field => {
    const isSeveral = column === 'conditions' && typeof value === 'string' && value.includes('\n')
    return [column, isSeveral ? value.split('\n') : value]
  })
  return Object.fromEntries(shown)
}

/** RFC 4180, with line feeds alone. Not made safe against formulas: an apostrophe would be loaded back. */
function csvText(sites: readonly (readonly Field[])[]): string {
  const rows = sites.map((fields) => new Map(fields))
  const columns = loadedColumns.filter(
    (column) => isAlwaysSaid(column) || rows.some((row) => row.has(column)),
  )
  const lines = rows.map((row) => columns.map((column) => csvCell(row.get(column))))
  return [columns, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

function csvCell(value: unknown): string {
  const text = cellText(value ?? '')
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function cellText(value: unknown): string {
  if (Array.isArray(value)) return listText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** As people write it, wherever no item holds what separates items. */
function listText(items: readonly unknown[]): string {
  const isPlain = items.every((item) => typeof item === 'string' && !/[;\s]|^\[|^$/.test(item))
  return isPlain ? items.join(';') : JSON.stringify(items)
}
