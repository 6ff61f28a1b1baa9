import { describe, expect, test } from 'vitest'
import { defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { type Failure, failures } from '#shared/domain/failure.ts'
import type { Failed } from '../probe/prober.ts'
import type { Suspect } from '../probe/self-watch.ts'
import { type Doubts, doubtsAbout } from './doubts-about.ts'

const traced = {
  phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, totalMs: 1 },
  hops: [],
  statusCode: null,
  httpVersion: null,
  remoteAddress: null,
  certExpiresAtMs: null,
  certificate: null,
}
const url = 'http://site.example.test/'

function failed(failure: Failure, more: Partial<Failed> = {}): Suspect {
  return {
    check: { target: { ...defaultTarget, url }, expectation: defaultExpectation },
    observation: { outcome: 'failed', failure, message: 'x', ...more, ...traced },
    verdict: { result: 'down', failure, slaMet: null },
  }
}

const answered = {
  ...traced,
  phases: { ...traced.phases, totalMs: 700 },
  outcome: 'answered',
  headers: {},
  body: { kind: 'unread' },
  responseBytes: 2,
  beginning: '',
} as const

function slow(verdict: Suspect['verdict'], slaMs: number | null = 300): Suspect {
  return {
    check: {
      target: { ...defaultTarget, url },
      expectation: { ...defaultExpectation, slaMs },
    },
    observation: answered,
    verdict,
  }
}

function heartbeat({ check, ...rest }: Suspect): Suspect {
  const target = { ...check.target, kind: 'heartbeat', url: 'heartbeat:nightly-backup' } as const
  return { ...rest, check: { ...check, target } }
}

const ofVerdict = { concerns: 'verdict', limitMs: 10_000 } as const
const ofLatency = { concerns: 'latency', limitMs: 300 } as const
const name = 'site.example.test'

describe('a verdict', () => {
  test.each<[sentence: string, suspect: Suspect, doubts: Partial<Doubts> | null]>([
    ['up and in time stands', slow({ result: 'up', failure: null, slaMet: true }), null],
    ['up without a limit stands', slow({ result: 'up', failure: null, slaMet: null }), null],
    [
      'up and too late may be late by our fault',
      slow({ result: 'up', failure: null, slaMet: false }),
      { time: ofLatency, network: null },
    ],
    [
      'down by its status and too late stays down',
      slow({ result: 'down', failure: 'status', slaMet: false }),
      { time: ofLatency, network: null },
    ],
    [
      'down by its time limit alone may not be',
      slow({ result: 'down', failure: 'timeout', slaMet: false }),
      { time: { concerns: 'verdict', limitMs: 300 }, network: null },
    ],
    [
      'down by a rule on its time may not be either',
      slow({ result: 'down', failure: 'timeout', slaMet: null }, null),
      { time: { concerns: 'verdict', limitMs: 700 }, network: null },
    ],
    [
      'down by a rule on its address stands',
      slow({ result: 'down', failure: 'dns', slaMet: null }, null),
      null,
    ],
    ['of a job that has not called stands', heartbeat(failed('timeout')), null],
    ['of a timeout', failed('timeout'), { time: ofVerdict, network: 'doubted' }],
    ['of a reset', failed('reset'), { time: ofVerdict, network: 'doubted' }],
    ['of a refusal needs no time', failed('refused'), { time: null, network: 'doubted' }],
    [
      'of a host without a route',
      failed('unreachable', { address: '127.0.0.9' }),
      { time: null, route: '127.0.0.9', network: 'doubted' },
    ],
    ['of silent name servers', failed('dns'), { time: ofVerdict, name, network: 'doubted' }],
    [
      'of a name that does not exist',
      failed('dns', { basis: 'answer' }),
      { time: null, name: null, network: 'doubted' },
    ],
  ])('%s', (_, suspect, doubts) => {
    if (doubts === null) expect(doubtsAbout(suspect)).toBeNull()
    else expect(doubtsAbout(suspect)).toMatchObject(doubts)
  })

  test('that rests on an answer of the site raises no question', () => {
    const unquestioned = failures.filter((failure) => doubtsAbout(failed(failure)) === null)
    expect(unquestioned).toEqual([
      'tls_cert',
      'protocol',
      'status',
      'body',
      'redirect',
      'too_large',
      'blocked',
    ])
  })

  test('of a kind whose URL has no host is held by its name', () => {
    const suspect = failed('dns')
    const target = { ...defaultTarget, kind: 'dns' as const, url: 'dns:site.example.test?type=MX' }
    expect(doubtsAbout({ ...suspect, check: { ...suspect.check, target } })).toMatchObject({ name })
  })
})
