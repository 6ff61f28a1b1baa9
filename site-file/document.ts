import { type Problem, problem } from './source-row.ts'

/** A YAML or JSON file as a value, with the lines that its parts are on. */
export type Document =
  | { readonly ok: true; readonly value: unknown; lineOf(path: DocumentPath): number }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export type DocumentPath = readonly (string | number)[]

export function refuseDocument(problems: readonly { line: number; reason: string }[]): Document {
  return {
    ok: false,
    problems: problems.map(({ line, reason }) => problem(`line ${line}`, reason)),
  }
}
