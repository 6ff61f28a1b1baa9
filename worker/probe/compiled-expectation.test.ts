import { describe, expect, test } from 'vitest'
import { type CheckKind, defaultExpectation, type Expectation } from '#shared/domain/check.ts'
import { compileExpectation, remembered } from './compiled-expectation.ts'

function compile(more: Partial<Expectation>, kind: CheckKind = 'http') {
  const compiled = compileExpectation({ ...defaultExpectation, ...more }, kind)
  if (!compiled.ok) throw new Error(compiled.reason)
  return compiled
}

const rulesOf = (more: Partial<Expectation>, kind?: CheckKind) =>
  compile(more, kind).rules.map(({ text }) => text)

describe('an expectation', () => {
  test.each<[string, Partial<Expectation>, boolean]>([
    ['of a status alone needs no body', {}, false],
    ['of headers needs no body', { expectedHeaders: { 'x-a': 'b' } }, false],
    ['of a size needs no body', { bodyBytesMin: 1, bodyBytesMax: 2 }, false],
    ['of conditions on all but the body needs none', { conditions: '[STATUS] == 200' }, false],
    ['of a path needs the body', { jsonPath: 'a' }, true],
    ['of a regex needs the body', { bodyRegex: 'a' }, true],
    ['of a text needs the body', { bodyContains: 'a' }, true],
    ['of a missing text needs the body', { bodyNotContains: 'a' }, true],
    ['of a condition on the body needs it', { conditions: '200 == [STATUS]\nok == [BODY]' }, true],
    ['of a length in it needs it', { conditions: 'len([BODY].a) == 1' }, true],
    ['of a body on the other side needs it', { conditions: '[STATUS] == [BODY].code' }, true],
  ])('%s', (_, expectation, needsBody) => {
    expect(compile(expectation).needsBody).toBe(needsBody)
  })

  test('names its rules as conditions, in the order in which they are judged', () => {
    const expectation: Partial<Expectation> = {
      expectedHeaders: { 'Content-Type': 'json', 'x-a': null },
      certDaysMin: 14,
      bodyBytesMin: 1,
      bodyBytesMax: 1_000,
      bodyContains: 'a "b"',
      bodyNotContains: 'c',
      jsonPath: 'a[0]',
      valueOperator: '>=',
      expectedValue: '5',
      conditions: '# mine\n\n [RESPONSE_TIME] < 2s \n"OK" == [BODY].status',
      slaMs: 500,
      slaIsFailure: true,
    }
    expect(rulesOf(expectation)).toEqual([
      '[STATUS] == 200-299',
      '[HEADERS].content-type == regex(json)',
      'has([HEADERS].x-a) == true',
      '[CERTIFICATE_EXPIRATION] >= 14d',
      '[BODY_SIZE] >= 1',
      '[BODY_SIZE] <= 1000',
      '[BODY] contains "a \\"b\\""',
      '[BODY] != pat(*c*)',
      '[BODY].a[0] >= "5"',
      '[RESPONSE_TIME] < 2s',
      '"OK" == [BODY].status',
      '[RESPONSE_TIME] <= 500ms',
    ])
  })

  test.each<[string, Partial<Expectation>, CheckKind, string[]]>([
    ['a kind that is not HTTP has no status', {}, 'tcp', []],
    [
      'a condition on the status takes the place of the expected one',
      { conditions: '[STATUS] < 500' },
      'http',
      ['[STATUS] < 500'],
    ],
    [
      'a condition on another thing does not',
      { conditions: '[IP] == 127.0.0.1' },
      'http',
      ['[STATUS] == 200-299', '[IP] == 127.0.0.1'],
    ],
    ['an SLA that is no failure is no rule', { slaMs: 5 }, 'icmp', []],
    ['a path alone asks that it is there', { jsonPath: '$.a' }, 'tcp', ['has([BODY].a) == true']],
    ['a regex alone asks for a match', { bodyRegex: 'a' }, 'tcp', ['[BODY] == regex(a)']],
    ['a value of DNS is a record', { expectedValue: '::1' }, 'dns', ['a record == "::1"']],
  ])('%s', (_, expectation, kind, rules) => {
    expect(rulesOf(expectation, kind)).toEqual(rules)
  })

  test('tells of an SLA that is no failure', () => {
    expect(compile({ slaMs: 5 }).told.map(({ text }) => text)).toEqual(['[RESPONSE_TIME] <= 5ms'])
    expect(compile({ slaMs: 5, slaIsFailure: true }).told).toEqual([])
  })

  test.each<[string, Partial<Expectation>]>([
    ['expected_status', { expectedStatus: '2xx' }],
    ['json_path', { jsonPath: '$..*' }],
    ['body_regex', { bodyRegex: '(' }],
    ['expected_headers "x-a"', { expectedHeaders: { 'x-a': '(' } }],
    ['conditions line 2, column 10', { conditions: '[STATUS] == 200\n[STATUS] is 200' }],
  ])('that cannot be compiled names %s', (column, rule) => {
    expect(compileExpectation({ ...defaultExpectation, ...rule }, 'http')).toEqual({
      ok: false,
      reason: expect.stringContaining(column),
    })
  })

  test('with the same text is compiled once', () => {
    const conditions = '[IP] == 127.0.0.1'
    const once = compile({ expectedStatus: '204', conditions })
    const twice = compile({ expectedStatus: '204', conditions, slaMs: 5 })
    expect(once.rules[0]).toBe(twice.rules[0])
    expect(once.rules[1]).toBe(twice.rules[1])
  })
})

describe('a memory', () => {
  test('parses again what it had to forget, the oldest first', () => {
    const parsed: string[] = []
    const parse = remembered((text) => parsed.push(text), 2)
    for (const text of ['a', 'b', 'a', 'c', 'b', 'a']) parse(text)
    expect(parsed).toEqual(['a', 'b', 'c', 'a'])
  })
})
