import { describe, expect, test } from 'vitest'
import type { CheckKind, Expectation } from '#shared/domain/check.ts'
import { answerWith, compiled, failed, NOW_MS } from '../../test/support/observations.ts'
import { explain } from './judge.ts'
import type { Observation } from './prober.ts'

describe('an explanation', () => {
  const explained = (observation: Observation, more: Partial<Expectation>, kind?: CheckKind) =>
    explain(observation, compiled(more, kind), NOW_MS).map(
      ({ rule, outcome, seen }) => `${outcome} | ${rule} | ${seen}`,
    )

  test('tells of every rule, also of those after the first that is not met', () => {
    const expectation: Partial<Expectation> = {
      expectedHeaders: { 'X-A': null },
      certDaysMin: 14,
      bodyContains: 'a',
      jsonPath: 'a.b',
      expectedValue: '2',
      conditions: 'len([BODY].a) == 1\n[BODY].c != 1\n[CERTIFICATE_EXPIRATION] > 48h',
      slaMs: 5,
    }
    expect(explained({ ...answerWith('{"a":{"b":1}}'), statusCode: 500 }, expectation)).toEqual([
      'not_met | [STATUS] == 200-299 | 500',
      'not_met | has([HEADERS].x-a) == true | null',
      'not_met | [CERTIFICATE_EXPIRATION] >= 14d | 5d 12h',
      'met | [BODY] contains "a" | "{\\"a\\":{\\"b\\":1}}"',
      'not_met | [BODY].a.b == "2" | "1"',
      'met | len([BODY].a) == 1 | 1',
      'not_met | [BODY].c != 1 | null',
      'met | [CERTIFICATE_EXPIRATION] > 48h | 5d 12h',
      'not_met | [RESPONSE_TIME] <= 5ms | 11 ms',
    ])
  })

  test('tells how far a failed probe came', () => {
    const conditions =
      '[CONNECTED] == true\n[IP] == 127.0.0.1\n[CERTIFICATE_EXPIRATION] > 7d\n[RESPONSE_TIME] < 5\n[BODY] == a'
    expect(explained(failed, { conditions, bodyBytesMin: 1 })).toEqual([
      'not_reached | [STATUS] == 200-299 | null',
      'not_reached | [BODY_SIZE] >= 1 | null',
      'met | [CONNECTED] == true | true',
      'met | [IP] == 127.0.0.1 | "127.0.0.1"',
      'not_met | [CERTIFICATE_EXPIRATION] > 7d | 5d 12h',
      'not_reached | [RESPONSE_TIME] < 5 | null',
      'not_reached | [BODY] == a | null',
    ])
  })

  test('of a probe that never began reaches nothing', () => {
    const nothing: Observation = { outcome: 'inconclusive', message: 'no ports left' }
    expect(explained(nothing, { conditions: '[CONNECTED] == true' }, 'tcp')).toEqual([
      'not_reached | [CONNECTED] == true | null',
    ])
  })
})
