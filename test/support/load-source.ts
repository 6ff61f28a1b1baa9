import type { Source } from '../../site-file/open-source.ts'
import type { SourceItem, SourceRow } from '../../site-file/source-row.ts'

/** The fields of one site, as a file would have them. */
export type Fields = Readonly<Record<string, unknown>>

export function sourceRow(fields: Fields, line: number): SourceRow {
  return {
    kind: 'row',
    place: `line ${line}`,
    form: 'data',
    fields: new Map(Object.entries(fields)),
  }
}

/** A file that was opened, without the file. */
export function source(
  items: readonly SourceItem[],
  cadences: ReadonlyMap<string, number> = new Map(),
): Source {
  return { cadences, items: stream(items), readShare: () => 1 }
}

async function* stream(items: readonly SourceItem[]): AsyncGenerator<SourceItem> {
  yield* items
}
