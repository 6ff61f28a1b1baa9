import { describe, expect, test } from 'vitest'
import { defaultExpectation, type Expectation } from '#shared/domain/check.ts'
import { compileExpectation } from './compiled-expectation.ts'
import { inconclusiveVerdict, judge } from './judge.ts'
import type { Answered, Observation } from './prober.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 0, 1)

const certificate = {
  subject: 'example.org',
  issuer: 'Some CA',
  fingerprint: 'AA:BB',
  expiresAtMs: NOW_MS + 5.5 * DAY_MS,
  chainError: null,
}
const traced = {
  phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, totalMs: 11 },
  remoteAddress: '127.0.0.1',
  certExpiresAtMs: NOW_MS + 5.5 * DAY_MS,
  hops: [],
  httpVersion: '1.1',
  certificate,
}
const answer: Answered = {
  ...traced,
  outcome: 'answered',
  statusCode: 200,
  headers: {},
  body: { kind: 'unread' },
  responseBytes: 5,
  beginning: '',
}
const failed: Observation = {
  ...traced,
  outcome: 'failed',
  failure: 'reset',
  message: 'it was reset',
  statusCode: null,
}

function judged(observation: Observation, more: Partial<Expectation> = {}) {
  const expectation = { ...defaultExpectation, ...more }
  const compiled = compileExpectation(expectation, 'http')
  if (!compiled.ok) throw new Error(compiled.reason)
  return judge(observation, compiled, NOW_MS)
}

const body = (text: string, kind: 'whole' | 'beginning' = 'whole'): Answered => ({
  ...answer,
  body: { kind, text },
})

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
      certificate,
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
