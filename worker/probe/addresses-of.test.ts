import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { IpFamily } from '#shared/domain/check.ts'
import { addressesOf } from './addresses-of.ts'
import { Deadline } from './deadline.ts'
import { Trace } from './trace.ts'

let deadline: Deadline
beforeEach(() => {
  deadline = new Deadline(5_000)
})
afterEach(() => deadline.release())

const found = (hostname: string, ipFamily: IpFamily, answer: readonly string[]) =>
  addressesOf({ hostname, ipFamily }, { deadline, trace: new Trace() }, async () => answer)

const BOTH = ['127.0.0.1', '::1']

describe('the addresses of a host', () => {
  test.each<[string, string, IpFamily, readonly string[], unknown]>([
    ['all', 'a.test', 'any', BOTH, BOTH],
    ['those of IPv4', 'a.test', 'ipv4', BOTH, ['127.0.0.1']],
    ['those of IPv6', 'a.test', 'ipv6', BOTH, ['::1']],
    ['its own, when it is one', '127.0.0.1', 'any', [], ['127.0.0.1']],
    ['its own of IPv4', '127.0.0.1', 'ipv4', [], ['127.0.0.1']],
    ['its own of IPv6', '::1', 'ipv6', [], ['::1']],
    ['none of IPv6', 'a.test', 'ipv6', ['127.0.0.1'], 'the name has no IPv6 address'],
    ['none of IPv4', 'a.test', 'ipv4', ['::1'], 'the name has no IPv4 address'],
    ['not of IPv6 itself', '127.0.0.1', 'ipv6', [], '127.0.0.1 is no IPv6 address'],
    ['not of IPv4 itself', '::1', 'ipv4', [], '::1 is no IPv4 address'],
  ])('%s', async (_, hostname, family, answer, expected) => {
    const stop = { outcome: 'failed', failure: 'dns', message: expected }
    const addresses = await found(hostname, family, answer)
    expect(addresses).toEqual(typeof expected === 'string' ? stop : expected)
  })

  test('that cannot be told is not told otherwise for the family', async () => {
    const ours = { outcome: 'inconclusive', message: 'no name server' } as const
    const host = { hostname: 'a.test', ipFamily: 'ipv6' } as const
    const journey = { deadline, trace: new Trace() }
    expect(await addressesOf(host, journey, async () => ours)).toBe(ours)
  })
})
