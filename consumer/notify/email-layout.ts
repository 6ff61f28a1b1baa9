/** An email before it has a form: one content, laid out as plain text and as HTML. Every text is a single line. */
export type EmailContent = {
  readonly subject: string
  readonly tone: 'bad' | 'good' | 'neutral'
  readonly headline: string
  readonly sentences: readonly string[]
  readonly facts: readonly LabelledFact[]
  readonly checks: { readonly title: string; readonly rows: readonly (readonly string[])[] }
  /** What somebody else has said, word for word. */
  readonly quotation?: { readonly title: string; readonly lines: readonly string[] }
}

export type LabelledFact = readonly [label: string, value: string]

export function textOf({ headline, sentences, facts, checks, quotation }: EmailContent): string {
  const quoted = quotation?.lines.map((line) => `> ${line}`) ?? []
  const table = checks.rows.length === 0 ? [] : [`${checks.title}:`, ...alignColumns(checks.rows)]
  const blocks = [
    [headline, ...sentences],
    alignColumns(facts.map(([label, value]) => [`${label}:`, value])),
    table,
    quoted.length === 0 ? [] : [`${quotation?.title}:`, ...quoted],
  ]
  const filled = blocks.filter((block) => block.length > 0)
  return `${filled.map((block) => block.join('\n')).join('\n\n')}\n`
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Seen as a bar beside the text: readable on a light and on a dark ground. */
const toneColours = { bad: '#d64545', good: '#2f9e5b', neutral: '#8a8f98' } as const

const CELL = 'padding:2px 14px 2px 0;text-align:left;vertical-align:top;font-weight:normal'

/**
 * Inline styles only, since mail programs drop the rest; no colour of text or ground is set, so that
 * a dark mode stays readable; nothing is loaded from anywhere.
 */
export function htmlOf(content: EmailContent): string {
  const { subject, tone, headline, sentences, facts, checks, quotation } = content
  const bar = `border-left:4px solid ${toneColours[tone]};padding-left:12px`
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escaped(subject)}</title></head>
<body style="font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:15px;line-height:1.5;margin:16px">
<div style="${bar}">
<p style="font-size:18px;margin:0"><strong>${escaped(headline)}</strong></p>
${sentences.map((sentence) => `<p style="margin:4px 0 0">${escaped(sentence)}</p>\n`).join('')}</div>
<table style="border-collapse:collapse;margin-top:16px;font-size:15px">
${facts.map(factRow).join('\n')}
</table>
${checks.rows.length === 0 ? '' : checksTable(checks)}${quotation === undefined || quotation.lines.length === 0 ? '' : blockQuote(quotation)}</body>
</html>
`
}

function factRow([label, value]: LabelledFact): string {
  return `<tr><th scope="row" style="${CELL};opacity:.7;white-space:nowrap">${escaped(label)}</th><td style="${CELL};word-break:break-word">${linkOrText(value)}</td></tr>`
}

function checksTable({ title, rows }: EmailContent['checks']): string {
  const lines = rows.map(
    (row) => `<tr>${row.map((cell) => `<td style="${CELL}">${escaped(cell)}</td>`).join('')}</tr>`,
  )
  return `<p style="margin:16px 0 4px">${escaped(title)}</p>
<table style="border-collapse:collapse;font-family:ui-monospace,monospace;font-size:13px">
${lines.join('\n')}
</table>
`
}

function blockQuote({ title, lines }: { title: string; lines: readonly string[] }): string {
  return `<p style="margin:16px 0 4px">${escaped(title)}</p>
<pre style="margin:0;padding-left:12px;border-left:2px solid #8a8f98;font-size:13px;white-space:pre-wrap;word-break:break-word">${lines.map(escaped).join('\n')}</pre>
`
}

/** `2026-11-21 09:24:22 UTC`: recipients sit in many time zones, so the zone is always said. */
export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function linkOrText(value: string): string {
  const text = escaped(value)
  return /^https?:\/\/\S+$/.test(value) ? `<a href="${text}">${text}</a>` : text
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
