import type { Problem } from './source-row.ts'

/** More would scroll the first away, and the first is mostly the cause of the rest. */
export const PROBLEMS_SHOWN_MAX = 50

/** The first problems of a file and how many there are: bounded, however bad the file is. */
export class ProblemList {
  readonly shown: Problem[] = []
  count = 0

  add(problems: readonly Problem[], count = problems.length): void {
    this.shown.push(...problems.slice(0, PROBLEMS_SHOWN_MAX - this.shown.length))
    this.count += count
  }
}
