export type ExpectedStatus =
  | { readonly ok: true; matches(statusCode: number): boolean }
  | { readonly ok: false; readonly reason: string }

type Range = { readonly from: number; readonly to: number }

/** Far more than all useful combinations; a bound for what a row may make us keep. */
const TEXT_MAX = 500
const CODE_MIN = 100
const CODE_MAX = 599
const TOKEN = /^(\d{3})(?:\s*-\s*(\d{3}))?$/

/**
 * Reads codes and ranges separated by commas, `200-299,301`, each from 100 to 599, spaces allowed.
 * The reason names the token that cannot be read.
 */
export function parseExpectedStatus(text: string): ExpectedStatus {
  if (text.length > TEXT_MAX) return refuse(`is longer than ${TEXT_MAX} characters`)
  const ranges: Range[] = []
  for (const token of text.split(',')) {
    const range = parseRange(token.trim())
    if (range === null)
      return refuse(`has ${JSON.stringify(token.trim())}, no code from 100 to 599`)
    ranges.push(range)
  }
  return { ok: true, matches: (code) => ranges.some(({ from, to }) => from <= code && code <= to) }
}

function parseRange(token: string): Range | null {
  const parts = TOKEN.exec(token)
  if (parts === null) return null
  const from = Number(parts[1])
  const to = Number(parts[2] ?? from)
  return CODE_MIN <= from && from <= to && to <= CODE_MAX ? { from, to } : null
}

function refuse(reason: string): ExpectedStatus {
  return { ok: false, reason }
}
