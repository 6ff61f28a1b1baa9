import { loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import type { Site } from '#shared/domain/site.ts'

type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Word}${Capitalize<CamelCase<Rest>>}`
  : Name

type InCamelCase = {
  readonly [Column in keyof SiteValues as CamelCase<Column>]: SiteValues[Column]
}

const namesOfColumns = loadedColumns.map((column) => [column, camelCase(column)] as const)

/** A file's site as the scheduler will see it. What is not known yet has no say in whether it is valid. */
export function siteOf(values: SiteValues): Site {
  return { ...inCamelCase(values), id: 0, cadenceSeconds: 0, heartbeat: null }
}

function inCamelCase(values: SiteValues): InCamelCase {
  const entries = namesOfColumns.map(([column, name]) => [name, values[column]])
  // The names are made by the same rule as in the type.
  return Object.fromEntries(entries) as InCamelCase
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
