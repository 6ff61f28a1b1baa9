import type { ValueOperator } from '#shared/domain/check.ts'

const QUOTED_MAX = 80

/**
 * Why the records of a DNS answer, one a line, are not as expected, or null. `==`: one record is the
 * value; `!=`: none is; `contains`: one holds it; `exists`, or no value: there is one. Records are not
 * numbers, so that no other operator is ever met. A name may be expected in any case, and with its
 * final dot.
 */
export function recordsProblem(
  body: string,
  operator: ValueOperator,
  expected: string | null,
): string | null {
  const records = body === '' ? [] : body.split('\n')
  if (expected === null || operator === 'exists')
    return records.length > 0 ? null : 'there is no record'
  const isOne = records.some((record) => isSame(record, expected))
  const quoted = quote(expected)
  switch (operator) {
    case '==':
      return isOne ? null : `no record is ${quoted}: ${shown(records)}`
    case '!=':
      return isOne ? `a record is ${quoted}` : null
    case 'contains':
      return records.some((record) => record.includes(expected.normalize('NFC')))
        ? null
        : `no record contains ${quoted}: ${shown(records)}`
    default:
      return `records cannot be compared by ${operator}, only by ==, != and contains`
  }
}

/** The records have their names in lower case and without a final dot; other texts are as they are. */
function isSame(record: string, expected: string): boolean {
  const value = expected.normalize('NFC')
  return record === value || record === value.toLowerCase().replace(/(?<=.)\.$/, '')
}

function shown(records: readonly string[]): string {
  const [first] = records
  if (first === undefined) return 'there is none'
  const others = records.length - 1
  return others === 0 ? `it is ${quote(first)}` : `there are ${quote(first)} and ${others} more`
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text)
}
