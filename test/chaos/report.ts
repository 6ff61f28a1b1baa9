import type { ChaosOutcome, Examined } from './run-chaos.ts'

const SHOWN_MAX = 10

/** What was done and what came of it, as text: two tables, and what is wrong in full. */
export function reportOf(outcome: ChaosOutcome): string {
  const { examined, faults, skipped, trouble, violations, folder } = outcome
  const wrong = examined
    .filter((finding) => finding.violations.length > 0)
    .map(({ id, violations: found }) => `${id} is violated:\n${shown(found)}`)
  return [
    table([['injected', 'times', 'not'], ...countsOf(outcome)]),
    table([['', 'what must hold', 'compared', 'violations'], ...examined.map(rowOf)]),
    ...examined.flatMap(({ id, remarks }) => remarks.map((remark) => `${id}: ${remark}`)),
    ...wrong,
    ...(trouble.length === 0 ? [] : [`and besides:\n${shown(trouble)}`]),
    `${faults.length} faults injected, ${skipped.length} not; ${violations} violations`,
    ...(folder === null ? [] : [`logs are in ${folder}`]),
  ].join('\n\n')
}

/** Nothing compared shows nothing: that is no success either. */
export function isClean({ examined, violations, trouble }: ChaosOutcome): boolean {
  return violations === 0 && trouble.length === 0 && examined.every(({ compared }) => compared > 0)
}

/** By name: how often it was injected, and how often it could not be. */
export function countsOf({
  faults,
  skipped,
}: Pick<ChaosOutcome, 'faults' | 'skipped'>): readonly (readonly [string, string, string])[] {
  const names = [...new Set([...faults, ...skipped].map(({ name }) => name))].sort()
  const count = (list: readonly { readonly name: string }[], name: string) =>
    list.filter((one) => one.name === name).length
  return names.map((name) => [name, String(count(faults, name)), String(count(skipped, name))])
}

function rowOf({ id, sentence, compared, of, violations }: Examined): readonly string[] {
  return [id, sentence, `${compared} ${of}`, String(violations.length)]
}

function shown(lines: readonly string[]): string {
  const more = lines.length > SHOWN_MAX ? [`and ${lines.length - SHOWN_MAX} more`] : []
  return [...lines.slice(0, SHOWN_MAX), ...more].map((line) => `  ${line}`).join('\n')
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
