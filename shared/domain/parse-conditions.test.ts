import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONDITIONS_MAX, parseConditions } from './parse-conditions.ts'

function read(text: string) {
  const parsed = parseConditions(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.conditions
}

/** A condition in one line: what is looked at, the operator, and what it is held against. */
function outline(text: string): string {
  const [condition] = read(text)
  if (condition === undefined) throw new Error('there is none')
  const { subject, operator, expected } = condition
  switch (expected.kind) {
    case 'value':
      return `${subject.text} ${operator} ${expected.value.type} ${expected.value.text}`
    case 'subject':
      return `${subject.text} ${operator} ${expected.subject.text}`
    case 'any':
      return `${subject.text} ${operator} any ${expected.values.map((one) => one.text).join('|')}`
    default:
      return `${subject.text} ${operator} ${expected.kind}`
  }
}

/** All of Gatus' README and tests that this language can express. */
const acceptedOfGatus = [
  '[STATUS] == 200',
  '[STATUS] != 200',
  '[STATUS] < 300',
  '[STATUS] <= 299',
  '[STATUS] > 400',
  '[STATUS] >= 200',
  '[STATUS] == any(200, 429)',
  '[STATUS] == pat(2*)',
  '[STATUS] == [BODY].status',
  '[CONNECTED] == true',
  '[RESPONSE_TIME] < 500',
  '[RESPONSE_TIME] < 1s',
  '[IP] == 127.0.0.1',
  '[IP] == pat(192.168.*)',
  '[IP] == any(1.1.1.1, 1.0.0.1)',
  '[BODY] == 1',
  '[BODY] == test',
  '[BODY] > 122',
  '[BODY] == pat(*<h1>Example Domain</h1>*)',
  '[BODY].status == UP',
  '[BODY].user.name == john',
  '[BODY].data[0].id == 1',
  '[BODY][0].id == 1',
  '[BODY].age == [BODY].id',
  '[BODY].user.firstName != [BODY].user.lastName',
  '[BODY].name == pat(john*)',
  '[BODY].id == any(1, 2)',
  '[BODY].ip == any(127.0.0.1, ::1)',
  'len([BODY].data) < 5',
  'len([BODY].name) == 8',
  'has([BODY].errors) == false',
  'has([BODY].users[0].name) == true',
  '[CERTIFICATE_EXPIRATION] > 48h',
  '[DNS_RCODE] == NOERROR',
  '[HEADER].Content-Type == application/json',
  '[status] == 200',
]

describe('a condition', () => {
  test.each(acceptedOfGatus)('of Gatus is read: %s', (text) => {
    expect(read(text)).toMatchObject([{ text }])
  })

  test.each([
    ['a number without quotes is open', '[BODY].a == 1', '[BODY].a == open 1'],
    ['in quotes it is a text', '[BODY].a == "1"', '[BODY].a == text 1'],
    [
      'quotes may hold all that JSON may write',
      '[BODY] == "a \\"b\\"\\n"',
      '[BODY] == text a "b"\n',
    ],
    ['quotes may hold an operator', '[BODY] == "a == b"', '[BODY] == text a == b'],
    ['without quotes a text goes on to the end', '[BODY].a == a b  c ', '[BODY].a == open a b  c'],
    ['the sides may be swapped', '"OK" == [BODY].status', '[BODY].status == text OK'],
    ['an order is swapped with them', '200 <= [STATUS]', '[STATUS] >= open 200'],
    ['a text before the operator may have spaces', 'a b == [BODY].a', '[BODY].a == open a b'],
    ['any() may come first', 'any(200, 201) == [STATUS]', '[STATUS] == any 200|201'],
    ['pat() may come first', 'pat(a (b)*) == [BODY]', '[BODY] == pattern'],
    ['spaces around an operator may be left out', '[STATUS]==200', '[STATUS] == open 200'],
    ['and may be many', '  [STATUS]   ==   200  ', '[STATUS] == open 200'],
    ['tabs are spaces', '\t[STATUS]\t==\t200', '[STATUS] == open 200'],
    [
      'the case of a placeholder does not matter',
      '[Response_Time] < 1',
      '[RESPONSE_TIME] < number 1',
    ],
    ['nor that of a header', '[HEADERS].X-Request-ID != a', '[HEADERS].x-request-id != open a'],
    ['that of a path does', '[body].Status == a', '[BODY].Status == open a'],
    ['a quoted name in a path', '[BODY]["a b"].c == 1', '[BODY]["a b"].c == open 1'],
    ['a duration is milliseconds', '[RESPONSE_TIME] < 1.5s', '[RESPONSE_TIME] < number 1500'],
    [
      'days of a certificate',
      '[CERTIFICATE_EXPIRATION] > 14d',
      '[CERTIFICATE_EXPIRATION] > number 1209600000',
    ],
    [
      'a certificate that is still valid',
      '[CERTIFICATE_EXPIRATION] > 0',
      '[CERTIFICATE_EXPIRATION] > number 0',
    ],
    ['a duration orders a value of the body', '[BODY].took < 300ms', '[BODY].took < number 300'],
    ['a duration is a text where texts are compared', '[BODY].ttl == 5m', '[BODY].ttl == open 5m'],
    ['a status may be codes and ranges', '[STATUS] == 200-299,301', '[STATUS] == statuses'],
    ['any() may have quotes', '[BODY].a == any("a, b", c)', '[BODY].a == any a, b|c'],
    ['a regex may have brackets', '[BODY] == regex(v(\\d+))', '[BODY] == regex'],
    ['contains is an operator', '[BODY].tags contains prod', '[BODY].tags contains open prod'],
    ['truth has capitals if it likes', '[CONNECTED] == TRUE', '[CONNECTED] == text true'],
    ['it may be said twice over', '[CONNECTED] != false', '[CONNECTED] != text false'],
    ['a length has spaces inside', 'len( [BODY].a ) > 0', 'len([BODY].a) > open 0'],
    ['letters in two parts are made one', '[BODY] == cafe\u0301', '[BODY] == open caf\u00e9'],
  ])('%s', (_, text, read) => {
    expect(outline(text)).toBe(read)
  })

  test.each([
    ['nothing', '', 1, 1, 'there is no rule'],
    ['comments alone', '# a\n\n', 1, 1, 'there is no rule'],
    ['a misspelt placeholder', '[STAUS] == 200', 1, 1, 'did you mean [STATUS]?'],
    ['a placeholder of nobody', '[WEATHER] == fine', 1, 1, 'unknown placeholder [WEATHER]'],
    [
      'a placeholder of Gatus alone',
      '[DOMAIN_EXPIRATION] > 720h',
      1,
      1,
      '[DOMAIN_EXPIRATION] is not known here',
    ],
    ['a function of Gatus alone', 'age([HEADER].Date) < 10m', 1, 1, 'age() is not known here'],
    [
      'the second line',
      '[STATUS] == 200\n[STATUS] ~ 200',
      2,
      10,
      'expected an operator, found "~ 200"',
    ],
    [
      'a line after blanks and comments',
      '\r\n# a\r\n  [STATUS] 200',
      3,
      12,
      'expected an operator',
    ],
    ['one sign of equality', '[STATUS] = 200', 1, 10, 'expected an operator, found "= 200"'],
    ['a sign in two parts', '[STATUS] = = 201', 1, 10, 'expected an operator'],
    ['no operator', '[STATUS]', 1, 9, 'found the end of the line'],
    [
      'no value',
      '[STATUS] ==',
      1,
      12,
      'expected a value or a placeholder, found the end of the line',
    ],
    ['no placeholder', 'raw == raw', 1, 1, 'neither side looks at the answer'],
    ['two rules in one', '[STATUS] > 199 and [STATUS] < 300', 1, 29, 'a second operator'],
    [
      'a comment after a rule',
      '[STATUS] == 200 # fine',
      1,
      17,
      'a comment needs a line of its own',
    ],
    ['more after a quote', '[BODY] == "a" b', 1, 15, 'expected the end of the line, found "b"'],
    ['more after a placeholder', '[BODY].a == [BODY].b c', 1, 22, 'expected the end of the line'],
    ['a quote that is not closed', '[BODY] == "a', 1, 11, 'not closed'],
    ['a quote that JSON cannot read', '[BODY] == "a\\d"', 1, 11, '\\ needs to be written \\\\'],
    ['single quotes', "[BODY] == 'a'", 1, 11, 'quoted with "'],
    ['a list', '[BODY] == [1,2]', 1, 11, 'needs quotes'],
    ['a wildcard in a path', '[BODY].items[*].id == 1', 1, 13, 'cannot be read from "[*].id == 1"'],
    ['thirty-three levels', `[BODY]${'.a'.repeat(33)} == 1`, 1, 7, 'more than 32 levels'],
    ['no header', '[HEADERS] == a', 1, 10, 'expected a header'],
    ['a bracket that is not closed', 'len([BODY].a == 1', 1, 14, 'expected ), found "== 1"'],
    ['a length of a status', 'len([STATUS]) == 3', 1, 5, 'len() takes [BODY] or [HEADERS]'],
    ['a length of a text', 'len(abc) == 3', 1, 5, 'takes a placeholder'],
    ['an empty list of values', '[STATUS] == any()', 1, 17, 'expected a value'],
    ['a list of values that is not closed', '[STATUS] == any(1, 2', 1, 21, 'expected , or )'],
    ['a pattern that is not closed', '[BODY] == pat(a', 1, 16, 'pat( is not closed'],
    ['an empty pattern', '[BODY] == pat()', 1, 15, 'pat() is empty'],
    ['a regex that cannot be compiled', '[BODY] == regex(()', 1, 11, 'missing closing )'],
    ['a status that is no number', '[STATUS] == OK', 1, 13, '"OK" is not a number'],
    ['a status of a class', '[STATUS] == 2xx', 1, 13, '"2xx" is not a number'],
    ['a status that is no range', '[STATUS] == 299-200', 1, 13, 'no code from 100 to 599'],
    ['an order of ranges', '[STATUS] < 200-299', 1, 12, 'needs one number'],
    ['one bad value of many', '[STATUS] == any(200, x)', 1, 22, '"x" is not a number'],
    ['a time that is none', '[RESPONSE_TIME] < potato', 1, 19, 'is not a duration'],
    [
      'a certificate without a unit',
      '[CERTIFICATE_EXPIRATION] > 14',
      1,
      28,
      'needs a unit: 48h, 14d',
    ],
    ['a certificate as a pattern', '[CERTIFICATE_EXPIRATION] == pat(1*)', 1, 29, 'for texts'],
    ['an order of words', '[BODY].a < b', 1, 12, '"b" is not a number'],
    ['an order of addresses', '[IP] < 10.0.0.1', 1, 8, '[IP] has no order'],
    ['an order of truth', 'has([BODY].a) > 0', 1, 17, 'true or false: use == or !='],
    ['truth that is neither', 'has([BODY].a) == yes', 1, 18, '"yes" is neither true nor false'],
    ['truth of a list', 'has([BODY].a) == any(true)', 1, 18, 'not any of a list'],
    ['truth and a number', 'has([BODY].a) == [STATUS]', 1, 18, 'cannot be compared with'],
    ['what a failed probe would be', '[CONNECTED] == false', 1, 16, 'this is never met'],
    ['an order of patterns', '[BODY] < pat(1*)', 1, 10, 'pat() goes with == and != only'],
    ['an order of many', '[STATUS] < any(1, 2)', 1, 12, 'any() goes with == and != only'],
    ['a part of a status', '[STATUS] contains 2', 1, 19, 'contains looks into [BODY] or [HEADERS]'],
    ['a placeholder as a part', 'a contains [BODY]', 1, 1, 'needs a placeholder on its left'],
    [
      'fifty-one rules',
      '[STATUS] == 200\n'.repeat(CONDITIONS_MAX + 1),
      51,
      1,
      'more than 50 rules',
    ],
    ['six expressions', '[BODY] == regex(a)\n'.repeat(6), 6, 1, 'more than 5 rules with regex()'],
    ['a text without end', '#'.repeat(4_001), 1, 1, 'longer than 4000 characters'],
  ])('is refused: %s', (_, text, line, column, part) => {
    const reason = expect.stringContaining(part)
    expect(parseConditions(text)).toEqual({ ok: false, line, column, reason })
    expect(parseConditions(text)).toMatchObject({
      reason: expect.stringContaining(`line ${line}, column ${column}: `),
    })
  })

  test('may be one of fifty', () => {
    expect(read('[STATUS] == 200\n'.repeat(CONDITIONS_MAX))).toHaveLength(CONDITIONS_MAX)
  })
})

describe('the parser', () => {
  const piece = fc.oneof(
    fc.constantFrom(...acceptedOfGatus.flatMap((text) => text.split(/(?=[[\]().=<>" ])/))),
    fc.constantFrom('"', '\\', '\n', '#', '\u0000', '\ud800', 'contains', 'regex('),
    fc.string({ maxLength: 3 }),
  )
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
  )
  /** A good condition with one slip of the finger. */
  const slip = fc
    .tuple(fc.constantFrom(...acceptedOfGatus), fc.nat(60), fc.nat(3), piece)
    .map(([text, at, dropped, put]) => text.slice(0, at) + put + text.slice(at + dropped))

  test('never throws, and points into the text that it refuses', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, slip), (text) => {
        const parsed = parseConditions(text)
        if (parsed.ok) return
        const lines = text.split(/\r\n|\r|\n/)
        const line = lines[parsed.line - 1]
        expect(line).toBeDefined()
        expect(parsed.column).toBeGreaterThanOrEqual(1)
        expect(parsed.column).toBeLessThanOrEqual((line ?? '').length + 1)
        expect(parsed.reason.length).toBeLessThan(2_000)
      }),
      { numRuns: 5_000 },
    )
  })

  test('reads a text that JSON has put in quotes, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (value) => {
        const [condition] = read(`[BODY].a == ${JSON.stringify(value)}`)
        expect(condition?.expected).toMatchObject({ kind: 'value', text: value.normalize('NFC') })
      }),
      { numRuns: 1_000 },
    )
  })
})
