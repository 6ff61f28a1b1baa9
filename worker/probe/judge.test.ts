import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CheckKind, type Expectation, valueOperators } from '#shared/domain/check.ts'
import { failures } from '#shared/domain/failure.ts'
import {
  answer,
  answerWith,
  compiled,
  DAY_MS,
  failed,
  NOW_MS,
  traced,
} from '../../test/support/observations.ts'
import { explain, inconclusiveVerdict, judge } from './judge.ts'
import type { Observation } from './prober.ts'

function judged(observation: Observation, more: Partial<Expectation> = {}, kind?: CheckKind) {
  return judge(observation, compiled(more, kind), NOW_MS)
}

const body = answerWith

describe('a verdict', () => {
  test('on a good answer holds all that was measured', () => {
    expect(judged(answer)).toEqual({
      result: 'up',
      failure: null,
      message: null,
      statusCode: 200,
      latencyMs: 11,
      dnsMs: 1,
      connectMs: 2,
      tlsMs: 3,
      ttfbMs: 4,
      responseBytes: 5,
      extractedValue: null,
      slaMet: null,
      certExpiresAtMs: NOW_MS + 5.5 * DAY_MS,
      certificate: traced.certificate,
      hops: [],
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
      excerpt: null,
    })
  })

  test('on a failed probe holds what was measured until then', () => {
    expect(judged(failed, { slaMs: 100 })).toMatchObject({
      result: 'down',
      failure: 'reset',
      latencyMs: 11,
      slaMet: null,
      certExpiresAtMs: traced.certExpiresAtMs,
    })
  })

  test('is inconclusive when the probe was', () => {
    expect(judged({ outcome: 'inconclusive', message: 'no ports left' })).toMatchObject({
      result: 'inconclusive',
      failure: null,
      latencyMs: null,
      message: 'no ports left',
    })
  })

  test('is inconclusive with what is known of the way', () => {
    expect(judged({ ...traced, outcome: 'inconclusive', message: 'we stalled' })).toMatchObject({
      result: 'inconclusive',
      latencyMs: 11,
      dnsMs: 1,
      remoteAddress: '127.0.0.1',
      certificate: { subject: 'example.org' },
      slaMet: null,
      excerpt: null,
    })
  })

  test.each([
    ['met when just as long', 11, true],
    ['missed when longer', 10, false],
    ['not asked for', null, null],
  ])('the SLA is %s', (_, slaMs, slaMet) => {
    expect(judged(answer, { slaMs })).toMatchObject({ result: 'up', slaMet })
  })

  test('the SLA is told of a bad answer too', () => {
    expect(judged({ ...answer, statusCode: 500 }, { slaMs: 100 })).toMatchObject({
      failure: 'status',
      slaMet: true,
    })
  })

  test.each<[string, Observation, Partial<Expectation>, string | null, string | null]>([
    [
      'the status decides before the body',
      { ...body('x'), statusCode: 500 },
      { jsonPath: 'a' },
      'status',
      null,
    ],
    [
      'an unreadable body fails a rule',
      { ...answer, body: { kind: 'unreadable', reason: 'it is odd' } },
      { jsonPath: 'a' },
      'body',
      null,
    ],
    ['a value without an expected one is enough', body('{"a":1}'), { jsonPath: 'a' }, null, '1'],
    [
      'a number is compared as text',
      body('{"a":1.50}'),
      { jsonPath: 'a', expectedValue: '1.5' },
      null,
      '1.5',
    ],
    [
      'a truth value is compared as text',
      body('{"a":true}'),
      { jsonPath: 'a', expectedValue: 'true' },
      null,
      'true',
    ],
    [
      'a text is compared without quotes',
      body('{"a":"true"}'),
      { jsonPath: 'a', expectedValue: 'true' },
      null,
      'true',
    ],
    ['case matters', body('{"a":"ok"}'), { jsonPath: 'a', expectedValue: 'OK' }, 'body', 'ok'],
    [
      'an object is compared as JSON',
      body('{"a":{"b": [1]}}'),
      { jsonPath: 'a', expectedValue: '{"b":[1]}' },
      null,
      '{"b":[1]}',
    ],
    ['an expected empty text', body('{"a":""}'), { jsonPath: 'a', expectedValue: '' }, null, ''],
    [
      'an expected letter in two parts',
      body('{"a":"\u00e9"}'),
      { jsonPath: 'a', expectedValue: 'e\u0301' },
      null,
      '\u00e9',
    ],
    [
      'the first group is the value',
      body('v12.5'),
      { bodyRegex: 'v(\\d+)', expectedValue: '12' },
      null,
      '12',
    ],
    [
      'a match in the beginning is a match',
      body('v12', 'beginning'),
      { bodyRegex: 'v(\\d+)' },
      null,
      '12',
    ],
    [
      'none in the beginning is not known to be none',
      body('x', 'beginning'),
      { bodyRegex: 'v(\\d+)' },
      'too_large',
      null,
    ],
    [
      'the beginning of JSON is no JSON',
      body('{"a":1}', 'beginning'),
      { jsonPath: 'a' },
      'too_large',
      null,
    ],
    [
      'an expression too costly for the body',
      body('a'.repeat(100_000)),
      { bodyRegex: '(?:[a-z]{1,40}){1,20}[!?]' },
      'too_large',
      null,
    ],
  ])('%s', (_, observation, expectation, failure, extractedValue) => {
    expect(judged(observation, expectation)).toMatchObject({
      result: failure === null ? 'up' : 'down',
      failure,
      extractedValue,
    })
  })

  test('a body rule without a body is a mistake of ours', () => {
    expect(() => judged(answer, { jsonPath: 'a' })).toThrow('needs a probe that reads the body')
  })
})

describe('records of DNS', () => {
  const records = { ...body('10 a.example\n20 b.example\n'), statusCode: null }
  test.each<[string, Partial<Expectation>, string | null]>([
    ['one that is equal is enough', { expectedValue: '20 b.example' }, null],
    [
      'none that is equal',
      { expectedValue: 'b.example' },
      'they are "10 a.example, 20 b.example", expected one == "b.example"',
    ],
    [
      'one that contains it is enough',
      { expectedValue: 'b.example', valueOperator: 'contains' },
      null,
    ],
    [
      'one that must not be there',
      { expectedValue: '20 b.example', valueOperator: '!=' },
      'expected none that is "20 b.example"',
    ],
    [
      'one that must not be there and is not',
      { expectedValue: 'b.example', valueOperator: '!=' },
      null,
    ],
  ])('%s', (_, expectation, part) => {
    const { message, extractedValue } = judged(records, expectation, 'dns')
    if (part === null) expect(message).toBeNull()
    else expect(message).toContain(part)
    expect(extractedValue).toBe('10 a.example\n20 b.example\n')
  })

  test('an empty answer has none', () => {
    expect(judged(body(''), { expectedValue: 'a' }, 'dns').message).toContain('there are none')
  })
})

describe('a failed look-up', () => {
  const noName: Observation = {
    ...failed,
    failure: 'dns',
    message: 'no such name',
    rcode: 'NXDOMAIN',
  }
  test.each<[string, string, string | null]>([
    ['is an answer where a condition asks for it', '[DNS_RCODE] == NXDOMAIN', null],
    [
      'is judged by that condition',
      '[DNS_RCODE] == NOERROR',
      '[DNS_RCODE] == NOERROR is not met: it is "NXDOMAIN"',
    ],
    [
      'stays a failure where another condition needs an answer',
      '[DNS_RCODE] == NXDOMAIN\n[BODY] == a',
      'no such name',
    ],
    ['stays a failure where no condition asks', '[RESPONSE_TIME] < 5', 'no such name'],
  ])('%s', (_, conditions, message) => {
    expect(judged(noName, { conditions }, 'dns')).toMatchObject({
      result: message === null ? 'up' : 'down',
      failure: message === null ? null : 'dns',
      message,
    })
  })
})

describe('the excerpt', () => {
  const page = { ...body('<h1>Sorry</h1>\n\tback soon'), statusCode: 503 }
  test.each<[string, Observation, Partial<Expectation>, string | null]>([
    ['is kept when the status is bad', page, {}, '<h1>Sorry</h1>\n\tback soon'],
    ['is kept when the body is', body('abc'), { bodyContains: 'x' }, 'abc'],
    ['is not kept of a good answer', body('abc'), {}, null],
    ['is not kept when the answer was slow', body('abc'), { slaMs: 1, slaIsFailure: true }, null],
    ['is not kept when the certificate ends', body('abc'), { certDaysMin: 99 }, null],
    [
      'has no controls but its lines',
      { ...page, beginning: 'a\u0000\u001b[1m\r\nb' },
      {},
      'a[1m\nb',
    ],
    ['is cut by bytes', { ...page, beginning: '\u00e9'.repeat(1_024) }, {}, '\u00e9'.repeat(512)],
    [
      'is not cut within a letter',
      { ...page, beginning: `a${'\u00e9'.repeat(600)}` },
      {},
      `a${'\u00e9'.repeat(511)}`,
    ],
    ['holds no half of a pair', { ...page, beginning: '\ud83d' }, {}, '\ufffd'],
  ])('%s', (_, observation, expectation, excerpt) => {
    expect(judged(observation, expectation).excerpt).toBe(excerpt)
  })
})

describe('the texts of a verdict', () => {
  test.each([
    ['are cut', 'x'.repeat(10_000), 'x'.repeat(500)],
    ['have no line breaks', 'a\r\nb\tc', 'a b c'],
    ['have no U+0000', 'a\u0000b', 'a b'],
    ['do not turn the direction of writing', 'a\u202eb', 'a b'],
    ['hold no half of a pair', `${'x'.repeat(499)}\u{1f600}`, `${'x'.repeat(499)}\ufffd`],
  ])('%s', (_, message, clean) => {
    expect(inconclusiveVerdict(message).message).toBe(clean)
  })

  test('an extracted value keeps its line breaks, but neither U+0000 nor half a pair', () => {
    const value = `a\nb\u0000${'x'.repeat(496)}\u{1f600}`
    expect(judged(body(JSON.stringify({ a: value })), { jsonPath: 'a' }).extractedValue).toBe(
      `a\nb${'x'.repeat(496)}\ufffd`,
    )
  })
})

describe('whatever an answer is', () => {
  const hostileText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.json({ maxDepth: 3 }),
    fc.constantFrom('', 'null', '1e400', '{"a":null}', '[[[[', '\ud800', '{"__proto__":{"a":1}}'),
    fc.string({ minLength: 600, maxLength: 1_200 }),
  )
  const body = fc.oneof(
    fc.record({ kind: fc.constantFrom('whole', 'beginning'), text: hostileText }),
    fc.record({ kind: fc.constant('unreadable'), reason: hostileText }),
  )
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
  const way = fc.record({
    phases: fc.record({
      dnsMs: maybe(fc.double()),
      connectMs: maybe(fc.double()),
      tlsMs: maybe(fc.double()),
      ttfbMs: maybe(fc.double()),
      totalMs: fc.double(),
    }),
    hops: fc.constant([]),
    statusCode: maybe(fc.integer({ min: 0, max: 1_000 })),
    httpVersion: maybe(fc.string()),
    remoteAddress: maybe(fc.string()),
    certExpiresAtMs: maybe(fc.double()),
    certificate: fc.constant(null),
  })
  const observation: fc.Arbitrary<Observation> = fc.oneof(
    fc.tuple(way, body, hostileText, fc.nat()).map(([way, body, text, responseBytes]) => ({
      ...way,
      outcome: 'answered' as const,
      headers: { 'content-type': text, 'set-cookie': [text, text], '': text },
      body,
      responseBytes,
      beginning: text,
    })),
    fc.tuple(way, fc.constantFrom(...failures), hostileText).map(([way, failure, message]) => ({
      ...way,
      outcome: 'failed' as const,
      failure,
      message,
      rcode: message,
    })),
    hostileText.map((message) => ({ outcome: 'inconclusive' as const, message })),
  )
  const value = fc.oneof(fc.string({ minLength: 1 }), fc.integer().map(String))
  const rule = fc.constantFrom(
    '[STATUS] != any(1, 2)',
    '[BODY].a == [BODY].b',
    '[BODY] != regex(a+)',
    '[BODY] == pat(*a*)',
    '[BODY].a < 5',
    'len([BODY]) >= 0',
    'has([BODY].a) == true',
    '[HEADERS].content-type contains a',
    '[CERTIFICATE_EXPIRATION] > 2d',
    '[RESPONSE_TIME] < 2s',
    '[DNS_RCODE] == NOERROR',
    '[IP] != [BODY].ip',
  )
  const asked: fc.Arbitrary<Partial<Expectation>> = fc.record({
    expectedHeaders: fc.constantFrom({}, { 'content-type': 'a' }, { 'x-a': null }),
    bodyContains: maybe(value),
    bodyNotContains: maybe(value),
    jsonPath: fc.constantFrom(null, '$', 'a', '[0]'),
    bodyRegex: fc.constantFrom(null, 'a*', '(.)+'),
    valueOperator: fc.constantFrom(...valueOperators),
    expectedValue: maybe(value),
    bodyBytesMin: maybe(fc.nat()),
    certDaysMin: maybe(fc.nat(100)),
    slaMs: maybe(fc.nat(1_000)),
    slaIsFailure: fc.boolean(),
    conditions: fc.array(rule, { maxLength: 4 }).map((rules) => rules.join('\n') || null),
  })
  const isClean = (text: string | null, max: number) =>
    text === null ||
    (Buffer.byteLength(text) <= 4 * max &&
      text.length <= max &&
      text.isWellFormed() &&
      !text.includes('\u0000'))

  test('the verdict is sound, and every text in it bounded and clean', () => {
    fc.assert(
      fc.property(observation, asked, (observation, asked) => {
        const expectation = compiled(asked)
        const { result, failure, message, extractedValue, excerpt } = judge(
          observation,
          expectation,
          NOW_MS,
        )
        expect(failure !== null).toBe(result === 'down')
        expect(isClean(message, 500) && isClean(extractedValue, 500)).toBe(true)
        expect(isClean(excerpt, 1_024) && Buffer.byteLength(excerpt ?? '') <= 1_024).toBe(true)
        expect(excerpt === null || failure === 'status' || failure === 'body').toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('the explanation has each rule, agrees with the verdict, and is bounded and clean', () => {
    fc.assert(
      fc.property(observation, asked, (observation, asked) => {
        const expectation = compiled(asked)
        const verdicts = explain(observation, expectation, NOW_MS)
        expect(verdicts).toHaveLength(expectation.rules.length + expectation.told.length)
        for (const { rule, seen } of verdicts) {
          expect(isClean(rule, 500) && isClean(seen, 500)).toBe(true)
        }
        if (observation.outcome !== 'answered' || observation.statusCode === null) return
        const isUp = judge(observation, expectation, NOW_MS).result === 'up'
        const judgedRules = verdicts.slice(0, expectation.rules.length)
        expect(judgedRules.every(({ outcome }) => outcome === 'met')).toBe(isUp)
      }),
      { numRuns: 2_000 },
    )
  })
})
