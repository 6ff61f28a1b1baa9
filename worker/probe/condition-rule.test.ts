import { describe, expect, test } from 'vitest'
import { answer, answerWith, compiled, failed, NOW_MS } from '../../test/support/observations.ts'
import { judge } from './judge.ts'
import type { Observation } from './prober.ts'

/** `met`, or the failure and what its message says of what was seen. */
function outcomeOf(observation: Observation, condition: string): string {
  const kind = condition.includes('[STATUS]') ? 'http' : 'tcp'
  const { failure, message } = judge(observation, compiled({ conditions: condition }, kind), NOW_MS)
  if (failure === null) return 'met'
  return `${failure}: ${message?.replace(`${condition} is not met: `, '')}`
}

const body = answerWith
const page = body('\n<h1>Hi</h1>\n')
const noCertificate = { ...answer, certExpiresAtMs: null, remoteAddress: null, statusCode: null }
const expired = { ...answer, certExpiresAtMs: NOW_MS - 3_600_000 }
const cookies = { ...answer, headers: { 'set-cookie': ['a=1', 'b=2'], 'x-a': '' } }
const tooLarge =
  'too_large: it is too large: its beginning alone may be searched, and does not decide'

describe('a condition on an answer', () => {
  test.each<[string, Observation, string, string]>([
    ['a status of many', { ...answer, statusCode: 429 }, '[STATUS] == any(200, 429)', 'met'],
    [
      'a status of none',
      { ...answer, statusCode: 500 },
      '[STATUS] == any(200, 429)',
      'status: it is 500',
    ],
    ['a status that should be of none', answer, '[STATUS] != any(200, 429)', 'status: it is 200'],
    ['a status in ranges', { ...answer, statusCode: 301 }, '[STATUS] == 200-299,301', 'met'],
    ['a status outside of ranges', answer, '[STATUS] != 200-299', 'status: it is 200'],
    ['a status by its pattern', { ...answer, statusCode: 204 }, '[STATUS] == pat(2*)', 'met'],
    ["a status that is the body's", body('{"code":200}'), '[STATUS] == [BODY].code', 'met'],
    [
      'a status that is not',
      body('{"code":1}'),
      '[STATUS] == [BODY].code',
      'status: it is 200, and [BODY].code is 1',
    ],
    [
      'a status where there is none',
      noCertificate,
      '[STATUS] == 200',
      'status: there is no status',
    ],
    ['a time just as long is not less', answer, '[RESPONSE_TIME] < 11', 'timeout: it is 11 ms'],
    ['a time in another unit', answer, '[RESPONSE_TIME] <= 0.011s', 'met'],
    [
      'a certificate that has ended',
      expired,
      '[CERTIFICATE_EXPIRATION] > 0',
      'tls_cert: it is expired since 1h 00m',
    ],
    [
      'no certificate',
      noCertificate,
      '[CERTIFICATE_EXPIRATION] > 48h',
      'tls_cert: no certificate was shown',
    ],
    ['no address', noCertificate, '[IP] == 127.0.0.1', 'dns: the address is not known'],
    ['an address by its pattern', answer, '[IP] == pat(127.0.*)', 'met'],
    ['no name server', answer, '[DNS_RCODE] == NOERROR', 'dns: no name server was asked'],
    ['a connection', answer, '[CONNECTED] == true', 'met'],
    ['a header in several values', cookies, '[HEADERS].set-cookie == a=1, b=2', 'met'],
    ['a header of another case', cookies, '[HEADERS].Set-Cookie contains b=2', 'met'],
    ['an empty header is there', cookies, 'has([HEADERS].x-a) == true', 'met'],
    ['a header that is not', cookies, 'has([HEADERS].x-b) == true', 'body: it is false'],
    ['the length of a header', cookies, 'len([HEADERS].set-cookie) == 8', 'met'],
    ['what objects inherit is no header', cookies, 'has([HEADERS].constructor) == false', 'met'],
    ['bytes', answer, '[BODY_SIZE] > 5', 'body: it is 5 bytes'],
    ['the body without spaces around it', page, '[BODY] == <h1>Hi</h1>', 'met'],
    ['the body by its pattern', page, '[BODY] == pat(<h1>*</h1>)', 'met'],
    ['a body that should not match', page, '[BODY] != pat(*Hi*)', 'body: it is "<h1>Hi</h1>"'],
    ['the body by a regex', page, '[BODY] == regex(h\\d>)', 'met'],
    ['the length of a page', page, 'len([BODY]) == 11', 'met'],
    ['the length of a page in code points', body('\u{1f600}'), 'len([BODY]) == 1', 'met'],
    ['the length of a list', body('[1,2]'), 'len([BODY]) == 2', 'met'],
    ['the length of an object', body('{"a":1}'), 'len([BODY]) == 1', 'met'],
    ['the length of a number', body('{"a":12345678901234567890}'), 'len([BODY].a) == 20', 'met'],
    ['the length of null', body('{"a":null}'), 'len([BODY].a) == 0', 'body: [BODY].a is null'],
    ['a body that is there', page, 'has([BODY]) == true', 'met'],
    ['a body of spaces is not', body(' \n'), 'has([BODY]) == true', 'body: it is false'],
    ['an empty list is there', body('{"a":[]}'), 'has([BODY].a) == true', 'met'],
    ['null is not', body('{"a":null}'), 'has([BODY].a) == false', 'met'],
    ['null is equal to its word', body('{"a":null}'), '[BODY].a == null', 'met'],
    ['a path into nothing', body(''), '[BODY].a == 1', 'body: the body is not JSON: it is empty'],
    ['a path that leads nowhere', body('{}'), '[BODY].a != 1', 'body: there is no [BODY].a'],
    ['what objects inherit is no value', body('{}'), 'has([BODY].constructor) == false', 'met'],
    [
      'an id of twenty digits',
      body('{"a":12345678901234567890}'),
      '[BODY].a == 12345678901234567891',
      'body: it is 12345678901234567890',
    ],
    ['numbers in order of their size', body('{"a":10,"b":9}'), '[BODY].a > [BODY].b', 'met'],
    [
      'a text in no order',
      body('{"a":"x"}'),
      '[BODY].a > 1',
      'body: it is "x", which is not a number',
    ],
    [
      'a text in no order on the other side',
      body('{"a":1,"b":"x"}'),
      '[BODY].a > [BODY].b',
      'body: it is 1, and [BODY].b is "x", which is not a number',
    ],
    [
      'a value too deep for a text',
      body(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
      '[BODY].a == 1',
      'body: it is nested too deeply to be told as text',
    ],
    ['a part before the cap', body('abc', 'beginning'), '[BODY] contains b', 'met'],
    ['a part that may be beyond the cap', body('abc', 'beginning'), '[BODY] contains x', tooLarge],
    [
      'a pattern that may fail beyond the cap',
      body('abc', 'beginning'),
      '[BODY] == pat(a*c)',
      tooLarge,
    ],
    ['a pattern that cannot', body('abc', 'beginning'), '[BODY] == pat(a*)', 'met'],
    ['a regex that matches before the cap', body('abc', 'beginning'), '[BODY] == regex(b)', 'met'],
    [
      'a regex that should not match beyond it',
      body('abc', 'beginning'),
      '[BODY] != regex(x)',
      tooLarge,
    ],
    ['so long a body may end as a word does', body('abc', 'beginning'), '[BODY] == abc', tooLarge],
    ['so long a body is no shorter word', body('abc', 'beginning'), '[BODY] != ab', 'met'],
    ['nor one of shorter ones', body('abc', 'beginning'), '[BODY] != any(ab, c)', 'met'],
    [
      'so long a body is no JSON',
      body('{}', 'beginning'),
      '[BODY].a == 1',
      'too_large: the body is larger than 1 MiB, too large for JSON',
    ],
    [
      'so long a body has no length',
      body('abc', 'beginning'),
      'len([BODY]) > 1',
      'too_large: the body is larger than 1 MiB, too large to be counted',
    ],
    ['so long a body is there', body('abc', 'beginning'), 'has([BODY]) == true', 'met'],
  ])('%s', (_, observation, condition, outcome) => {
    expect(outcomeOf(observation, condition)).toBe(outcome)
  })

  test('on a path into a page says that it is not JSON', () => {
    expect(outcomeOf(page, 'has([BODY].a) == false')).toContain('body: the body is not JSON')
  })

  test('of a failed probe leaves its failure as it is', () => {
    expect(outcomeOf(failed, '[CONNECTED] == true')).toBe('reset: it was reset')
  })

  test('is quoted in part where it is long, so that what was seen has room', () => {
    const { message } = judge(
      body('abc'),
      compiled({ conditions: `[BODY] == ${'x'.repeat(900)}` }),
      NOW_MS,
    )
    expect(message).toMatch(/x\.\.\. is not met: it is "abc"$/)
    expect(message?.length).toBeLessThan(300)
  })
})
