import { describe, expect, test } from 'vitest'
import type { CheckKind, Expectation } from '#shared/domain/check.ts'
import {
  answer,
  answerWith,
  compiled,
  DAY_MS,
  NOW_MS,
  traced,
} from '../../test/support/observations.ts'
import { judge } from './judge.ts'
import type { Answered, Observation } from './prober.ts'

function judged(observation: Observation, more: Partial<Expectation> = {}, kind?: CheckKind) {
  return judge(observation, compiled(more, kind), NOW_MS)
}

const body = answerWith

const headers = { 'content-type': 'text/html', 'set-cookie': ['a=1', 'b=2'] }
const withHeaders: Answered = { ...answer, headers }

describe('each option fails with its failure and a message that says why', () => {
  test.each<[string, Observation, Partial<Expectation>, string]>([
    [
      'a status out of range',
      { ...answer, statusCode: 503 },
      {},
      'status: status 503, expected 200-299',
    ],
    [
      'a header that is not there',
      answer,
      { expectedHeaders: { 'X-A': null } },
      'body: there is no header X-A',
    ],
    [
      'a header that does not match',
      withHeaders,
      { expectedHeaders: { 'Content-Type': '^application/json' } },
      'body: the header Content-Type is "text/html", expected a match for ^application/json',
    ],
    [
      'no value of a header that matches',
      withHeaders,
      { expectedHeaders: { 'set-cookie': 'c=' } },
      'body: the header set-cookie is "a=1, b=2", expected a match for c=',
    ],
    [
      'a header that objects inherit',
      answer,
      { expectedHeaders: { constructor: null } },
      'body: there is no header constructor',
    ],
    [
      'a text that is not there',
      body('abc'),
      { bodyContains: 'B' },
      'body: the body does not contain "B"',
    ],
    [
      'a text beyond the cap',
      body('abc', 'beginning'),
      { bodyContains: 'x' },
      'too_large: "x" is not in the first 1 MiB of the body',
    ],
    [
      'a text that should not be there',
      body('abc'),
      { bodyNotContains: 'b' },
      'body: the body contains "b"',
    ],
    [
      'a text that should not be there, also not beyond the cap',
      body('abc', 'beginning'),
      { bodyNotContains: 'x' },
      'too_large: the body is larger than 1 MiB, too large to be free of "x"',
    ],
    [
      'a body that cannot be read',
      { ...answer, body: { kind: 'unreadable', reason: 'it is odd' } },
      { bodyNotContains: 'x' },
      'body: the body cannot be read: it is odd',
    ],
    [
      'too few bytes',
      answer,
      { bodyBytesMin: 6 },
      'body: the body has 5 bytes, expected at least 6',
    ],
    [
      'too many bytes',
      answer,
      { bodyBytesMax: 4 },
      'too_large: the body has 5 bytes, expected at most 4',
    ],
    [
      'a certificate that ends soon',
      answer,
      { certDaysMin: 14 },
      'tls_cert: the certificate expires in 5 days, expected at least 14',
    ],
    [
      'a certificate that ends tomorrow',
      { ...answer, certExpiresAtMs: NOW_MS + DAY_MS },
      { certDaysMin: 2 },
      'tls_cert: the certificate expires in 1 day, expected at least 2',
    ],
    [
      'a certificate that has ended',
      { ...answer, certExpiresAtMs: NOW_MS - 1 },
      { certDaysMin: 0 },
      'tls_cert: the certificate has expired, expected at least 0',
    ],
    [
      'no certificate',
      { ...answer, certExpiresAtMs: null },
      { certDaysMin: 1 },
      'tls_cert: no certificate was shown',
    ],
    [
      'a slow answer',
      answer,
      { slaMs: 10, slaIsFailure: true },
      'timeout: answered in 11 ms, slower than its sla_ms of 10',
    ],
    [
      'an answer that is slow by less than a millisecond',
      { ...answer, phases: { ...traced.phases, totalMs: 10.01 } },
      { slaMs: 10, slaIsFailure: true },
      'timeout: answered in 11 ms, slower than its sla_ms of 10',
    ],
    [
      'null where a value should be',
      body('{"a":null}'),
      { jsonPath: 'a' },
      'body: the value is null, expected one',
    ],
    [
      'a value that is not less',
      body('{"a":5}'),
      { jsonPath: 'a', valueOperator: '<', expectedValue: '5' },
      'body: the value is "5", expected < "5"',
    ],
    [
      'a value that has no order',
      body('{"a":"n/a"}'),
      { jsonPath: 'a', valueOperator: '>', expectedValue: '5' },
      'body: the value is "n/a", which is not a number, expected > "5"',
    ],
    [
      'an expected value that has none',
      body('{"a":5}'),
      { jsonPath: 'a', valueOperator: '>', expectedValue: 'five' },
      'body: the value is "5", and the expected "five" is not a number',
    ],
    [
      'a value that is what it should not be',
      body('v1.2'),
      { bodyRegex: 'v([\\d.]+)', valueOperator: '!=', expectedValue: '1.2' },
      'body: the value is "1.2", expected != "1.2"',
    ],
    [
      'a list without a member',
      body('{"a":["b"]}'),
      { jsonPath: 'a', valueOperator: 'contains', expectedValue: 'c' },
      'body: the value is "[\\"b\\"]", expected contains "c"',
    ],
    [
      'a condition',
      body('{"status":"DEGRADED"}'),
      { conditions: '[BODY].status == "OK"' },
      'body: [BODY].status == "OK" is not met: it is "DEGRADED"',
    ],
  ])('%s', (_, observation, expectation, reason) => {
    const { failure, message } = judged(observation, expectation)
    expect(`${failure}: ${message}`).toBe(reason)
  })

  test.each<[string, Observation, Partial<Expectation>]>([
    ['a header that is there', withHeaders, { expectedHeaders: { 'Set-Cookie': null } }],
    [
      'one value of a header that matches',
      withHeaders,
      { expectedHeaders: { 'set-cookie': '^b=' } },
    ],
    ['a text in two parts', body('caf\u00e9'), { bodyContains: 'cafe\u0301' }],
    ['a text before the cap', body('abc', 'beginning'), { bodyContains: 'a' }],
    ['a text that is not there', body('abc'), { bodyNotContains: 'B' }],
    ['as many bytes as allowed', answer, { bodyBytesMin: 5, bodyBytesMax: 5 }],
    [
      'a certificate for just as long',
      { ...answer, certExpiresAtMs: NOW_MS + 14 * DAY_MS },
      { certDaysMin: 14 },
    ],
    ['an answer as slow as allowed', answer, { slaMs: 11, slaIsFailure: true }],
    ['a slow answer that is no failure', answer, { slaMs: 1 }],
    ['a value that exists', body('{"a":""}'), { jsonPath: 'a', valueOperator: 'exists' }],
    [
      'a list with a member',
      body('[1,2]'),
      { jsonPath: '$', valueOperator: 'contains', expectedValue: '2.0' },
    ],
    [
      'a bad status that a condition expects',
      { ...answer, statusCode: 404 },
      { conditions: '[STATUS] == 404' },
    ],
  ])('%s is no failure', (_, observation, expectation) => {
    expect(judged(observation, expectation)).toMatchObject({ result: 'up', failure: null })
  })

  test('the first in their order decides', () => {
    const all: Partial<Expectation> = {
      bodyBytesMin: 100,
      jsonPath: 'a',
      expectedValue: '2',
      conditions: '[BODY].b == 1\n[BODY].c == 1',
    }
    expect(judged(body('{"a":1}'), all).message).toContain('bytes')
    expect(judged(body('{"a":1}'), { ...all, bodyBytesMin: null }).message).toContain('value')
    const { message } = judged(body('{"a":2}'), { ...all, bodyBytesMin: null })
    expect(message).toBe('[BODY].b == 1 is not met: there is no [BODY].b')
  })
})
