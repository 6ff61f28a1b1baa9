import { html } from 'hono/html'
import type { rulesOf } from '#db/rule-history.ts'
import type { Markup } from '../page/layout.ts'
import { showInstant } from './show-time.ts'

type Rule = Awaited<ReturnType<typeof rulesOf>>[number]

export type RuleChange = { readonly column: string; readonly from: string; readonly to: string }

/** What was watched how, newest first: for each time what had changed. */
export function rulesView(rules: readonly Rule[]): Markup {
  return html`<ol class="history panel">${rules.map((rule, index) => {
    const before = rules[index + 1]
    const changes = before === undefined ? null : changesBetween(before, rule)
    return html`<li>${showInstant(rule.fromMs)} ${changes === null ? 'first known' : changes.map(({ column, from, to }) => html`<span class="change"><code>${column}</code> <del><bdi>${from}</bdi></del> <ins><bdi>${to}</bdi></ins></span>`)}</li>`
  })}</ol>`
}

/** Pure. What may hold a secret is not in a rule, so a change of that alone leaves nothing here. */
export function changesBetween(before: Rule, after: Rule): RuleChange[] {
  const [old, now] = [flat(before), flat(after)]
  const columns = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  return columns
    .map((column) => ({ column, from: textOf(old[column]), to: textOf(now[column]) }))
    .filter(({ from, to }) => from !== to)
}

function flat({ config, isWatched, cadenceSeconds }: Rule): Readonly<Record<string, unknown>> {
  return { ...config, watched: isWatched, cadence_seconds: cadenceSeconds }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
