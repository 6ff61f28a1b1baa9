import { plainLine } from '#shared/domain/plain-line.ts'
import type { Paint, Style } from '../paint.ts'
import type { Finding, NamedFinding } from './finding.ts'

const LINE_MAX = 500
const WORD_WIDTH = 5
const NAME_WIDTH = 16

const words: Readonly<
  Record<Finding['outcome'], { readonly word: string; readonly style: Style }>
> = {
  ok: { word: 'ok', style: 'green' },
  warn: { word: 'warn', style: 'yellow' },
  fail: { word: 'FAIL', style: 'red' },
  skipped: { word: '-', style: 'dim' },
}

/** A line for each check, and below it what to do; ends with a line break. Pure. */
export function renderFindings(findings: readonly NamedFinding[], paint: Paint): string {
  const lines = findings.flatMap((finding) => findingLines(finding, paint))
  return `${[...lines, '', summary(findings)].join('\n')}\n`
}

function findingLines(finding: NamedFinding, paint: Paint): readonly string[] {
  const { word, style } = words[finding.outcome]
  const head = `${paint(style, word.padEnd(WORD_WIDTH))} ${finding.name.padEnd(NAME_WIDTH)}`
  const line = `${head} ${plainLine(finding.found, LINE_MAX)}`
  if (!('todo' in finding)) return [line]
  return [line, `${' '.repeat(WORD_WIDTH + NAME_WIDTH + 2)}${paint('bold', `-> ${finding.todo}`)}`]
}

function summary(findings: readonly NamedFinding[]): string {
  const count = (outcome: Finding['outcome']) =>
    findings.filter((finding) => finding.outcome === outcome).length
  const [failures, warnings, unseen] = [count('fail'), count('warn'), count('skipped')]
  const notSeen = unseen === 0 ? '' : `, ${unseen} could not be looked at`
  if (failures + warnings === 0) return `all is well${notSeen}`
  return `${counted(failures, 'failure')}, ${counted(warnings, 'warning')}${notSeen}`
}

function counted(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`
}

/** Described in docs/cli.md. Pure. */
export function doctorJson(findings: readonly NamedFinding[]): string {
  const worst = (['fail', 'warn'] as const).find((outcome) =>
    findings.some((finding) => finding.outcome === outcome),
  )
  const checks = findings.map((finding) => ({
    name: finding.name,
    outcome: finding.outcome,
    found: finding.found,
    todo: 'todo' in finding ? finding.todo : null,
  }))
  return `${JSON.stringify({ outcome: worst ?? 'ok', checks })}\n`
}
