/** One site as a file has it, before anything of it was judged. */
export type SourceRow = {
  readonly kind: 'row'
  /** Where a reader finds it: `line 7`, or `line 1, site 3` where a file has its sites on one line. */
  readonly place: string
  /** `cells`: all values are texts, and an empty one is the default. `data`: values have types. */
  readonly form: 'cells' | 'data'
  readonly fields: ReadonlyMap<string, unknown>
}

/** One thing that keeps a file from being loaded. */
export type Problem = { readonly kind: 'problem'; readonly place: string; readonly reason: string }

export type SourceItem = SourceRow | Problem

export function problem(place: string, reason: string): Problem {
  return { kind: 'problem', place, reason }
}
