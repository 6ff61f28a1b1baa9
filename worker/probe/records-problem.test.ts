import { expect, test } from 'vitest'
import type { ValueOperator } from '#shared/domain/check.ts'
import { recordsProblem } from './records-problem.ts'

const two = '10 mail.example.com\n20 backup.example.com'

test.each<[string, string, ValueOperator, string | null, string | null]>([
  ['== is met by one record of several', two, '==', '20 backup.example.com', null],
  ['== is not met by a part of one', two, '==', 'mail.example.com', 'there are "10 mail'],
  ['== tells the only record there is', '127.0.0.1', '==', '127.0.0.2', 'it is "127.0.0.1"'],
  ['== is not met without records', '', '==', '127.0.0.1', 'there is none'],
  ['a name is the same in any case', 'a.example.com', '==', 'A.Example.COM', null],
  ['a name is the same with its final dot', 'a.example.com', '==', 'a.example.com.', null],
  ['the root is a name', '.', '==', '.', null],
  ['a text that is only alike is another', 'v=ABC', '==', 'v=abc', 'no record is "v=abc"'],
  ['letters compare in normal form', 'gr\u00fcn', '==', 'gru\u0308n', null],
  ['!= is met when no record is the value', two, '!=', '30 old.example.com', null],
  ['!= is not met by one record of several', two, '!=', '10 mail.example.com', 'a record is'],
  ['!= is met without records', '', '!=', '127.0.0.1', null],
  ['contains is met by a part of one record', two, 'contains', 'backup', null],
  ['contains does not look across records', 'ab\ncd', 'contains', 'b\nc', 'no record contains'],
  ['exists is met by any record', two, 'exists', null, null],
  ['exists is not met without records', '', 'exists', null, 'there is no record'],
  ['no value is met by any record', two, '==', null, null],
  ['records are no numbers', '10', '<', '20', 'cannot be compared by <'],
  ['a long value is cut', '1', '==', 'x'.repeat(200), '..."'],
])('%s', (_, body, operator, expected, part) => {
  const problem = recordsProblem(body, operator, expected)
  if (part === null) expect(problem).toBeNull()
  else expect(problem).toContain(part)
})
