import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, examineBy } from '../../test/support/examine-by.ts'
import { type NameServer, startNameServer } from '../../test/support/name-server.ts'
import {
  caaData,
  mxData,
  nameData,
  soaData,
  srvData,
  txtData,
} from '../../test/support/record-data.ts'
import { dnsProber } from './dns-prober.ts'
import type { Resolve } from './resolver.ts'

const V4 = [127, 0, 0, 9]
const OTHER_V4 = [127, 0, 0, 10]
const V6 = [...Array<number>(15).fill(0), 1]
/** Stands in for the addresses that are always refused: those are never asked. */
const REFUSED = '127.0.0.2'

const resolve: Resolve = async (name) => {
  if (name === 'ns.test') return ['127.0.0.1']
  if (name === 'mixed.test') return ['127.0.0.1', REFUSED]
  if (name === 'silent.test') return new Promise(() => undefined)
  return { outcome: 'failed', failure: 'dns', message: 'no such name' }
}
const addresses = { allowPrivate: true, alsoRefused: [REFUSED] }

let server: NameServer
let goneAddress: string

beforeAll(async () => {
  server = await startNameServer({
    'a.test': {
      A: [OTHER_V4, V4],
      AAAA: [V6],
      NS: [nameData('NS2.A.test'), nameData('ns1.a.test')],
      MX: [mxData(20, 'backup.a.test'), mxData(10, 'mail.a.test')],
      TXT: [txtData('v=spf1 ', '-all'), txtData('gr\u00fcn')],
      SOA: [soaData('ns1.a.test', 'hostmaster.a.test', 2026112401)],
      CAA: [caaData(0, 'issue', 'ca.test'), caaData(128, 'issuewild', ';')],
    },
    'www.a.test': { CNAME: [nameData('A.test')] },
    '_sip._tcp.a.test': { SRV: [srvData(1, 2, 5060, 'sip.a.test')] },
    '9.0.0.127.in-addr.arpa': { PTR: [nameData('host.a.test')] },
    'nomail.test': { MX: [mxData(0, '')] },
    'forged.test': { TXT: [txtData('x\n10 evil.test\u0000')] },
    'large.test': { TXT: { overTcp: Array.from({ length: 200 }, (_, at) => txtData(`${at}`)) } },
    'empty.test': {},
    'broken.test': { A: 'SERVFAIL' },
    'refusing.test': { A: 'REFUSED' },
    'formerr.test': { A: 'FORMERR' },
    'notimp.test': { A: 'NOTIMP' },
    'silent.test': { A: 'silence' },
    'junk.test': { A: 'junk' },
    'short.test': { A: [[127, 0, 0]] },
  })
  const gone = await startNameServer({})
  goneAddress = gone.address
  await gone.stop()
})
afterAll(() => server.stop())

/** `{server}` in a URL is the name server that is there, `{gone}` one that is not. */
function examine(url: string, asked: Asked = {}, servers = [server.address]) {
  const placed = url
    .replace('{server}', server.address)
    .replace('{:server}', server.address.slice(server.address.indexOf(':')))
    .replace('{gone}', goneAddress)
  return examineBy(dnsProber({ addresses, resolve, servers }), 'dns', placed, asked)
}

describe('the body of the answer is its records, one a line, sorted', () => {
  test.each([
    ['A', 'a.test?type=A', '127.0.0.10\n127.0.0.9'],
    ['AAAA', 'a.test?type=AAAA', '::1'],
    ['NS, in lower case', 'a.test?type=NS', 'ns1.a.test\nns2.a.test'],
    ['MX', 'a.test?type=MX', '10 mail.a.test\n20 backup.a.test'],
    ['MX that says: no mail', 'nomail.test?type=MX', '0 .'],
    ['TXT, joined, as UTF-8', 'a.test?type=TXT', 'gr\u00fcn\nv=spf1 -all'],
    ['TXT that would forge a line', 'forged.test?type=TXT', 'x\\01010 evil.test\\000'],
    ['CNAME', 'www.a.test?type=CNAME', 'a.test'],
    ['SRV', '_sip._tcp.a.test?type=SRV', '1 2 5060 sip.a.test'],
    ['PTR', '9.0.0.127.in-addr.arpa?type=PTR', 'host.a.test'],
    ['CAA', 'a.test?type=CAA', '0 issue "ca.test"\n128 issuewild ";"'],
    ['SOA', 'a.test?type=SOA', 'ns1.a.test hostmaster.a.test 2026112401 7200 3600 1209600 300'],
  ])('%s', async (_, question, text) => {
    const { observation } = await examine(`dns://{server}/${question}`)
    expect(observation).toMatchObject({
      outcome: 'answered',
      rcode: 'NOERROR',
      body: { kind: 'whole', text },
      beginning: text,
      responseBytes: Buffer.byteLength(text),
      statusCode: null,
      remoteAddress: '127.0.0.1',
      phases: { ttfbMs: expect.any(Number), totalMs: expect.any(Number) },
    })
  })

  test('an answer too large for a datagram is fetched over TCP', async () => {
    const { observation } = await examine('dns://{server}/large.test?type=TXT')
    const text =
      observation?.outcome === 'answered' && 'text' in observation.body ? observation.body.text : ''
    expect(text.split('\n')).toHaveLength(200)
  })

  test('a rule looks into it', async () => {
    const { result } = await examine('dns://{server}/a.test?type=MX', { bodyRegex: '^10 (\\S+)' })
    expect(result).toMatchObject({ result: 'up', extractedValue: 'mail.a.test' })
  })
})

describe('a name server that is watched', () => {
  test.each<[string, string, string, string, (string | undefined)?, Asked?]>([
    ['answers', 'dns://{server}/a.test', 'up', '', 'NOERROR'],
    ['answers by its name', 'dns://ns.test{:server}/a.test', 'up', '', 'NOERROR'],
    ['knows no such name', 'dns://{server}/missing.test', 'down dns', 'no such name', 'NXDOMAIN'],
    [
      'has no such record',
      'dns://{server}/empty.test?type=MX',
      'down dns',
      'no MX record',
      'NOERROR',
    ],
    ['fails', 'dns://{server}/broken.test', 'down dns', 'failed to answer', 'SERVFAIL'],
    ['refuses', 'dns://{server}/refusing.test', 'down dns', 'refused', 'REFUSED'],
    [
      'does not understand',
      'dns://{server}/formerr.test',
      'down dns',
      'did not understand',
      'FORMERR',
    ],
    [
      'does not know the question',
      'dns://{server}/notimp.test',
      'down dns',
      'does not know',
      'NOTIMP',
    ],
    ['answers junk', 'dns://{server}/junk.test', 'down dns', 'nonsense'],
    ['cuts a record short', 'dns://{server}/short.test', 'down dns', 'nonsense'],
    [
      'is silent',
      'dns://{server}/silent.test',
      'down timeout',
      'within 300 ms',
      undefined,
      { timeoutMs: 300 },
    ],
    ['is not there', 'dns://{gone}/a.test', 'down unreachable', 'cannot be reached'],
    ['has no address', 'dns://missing.test/a.test', 'down dns', 'no such name'],
    [
      'has a name that nobody resolves',
      'dns://silent.test/a.test',
      'down dns',
      'within 100 ms',
      undefined,
      { timeoutMs: 100 },
    ],
    [
      'has no address of the family',
      'dns://ns.test/a.test',
      'down dns',
      'no IPv6 address',
      undefined,
      { ipFamily: 'ipv6' },
    ],
    ['has a refused address', `dns://${REFUSED}{:server}/a.test`, 'down blocked', REFUSED],
    [
      'has a refused address among others',
      'dns://mixed.test{:server}/a.test',
      'down blocked',
      REFUSED,
    ],
    [
      'is not looked at by a worker that stops',
      'dns://{server}/silent.test',
      'inconclusive',
      'stopping',
      undefined,
      { signal: AbortSignal.abort() },
    ],
    ['has a URL that nobody can read', 'dns://{server}', 'inconclusive', 'url: not of the form'],
  ])('%s', async (_, url, outcome, part, rcode, asked) => {
    const { result, observation } = await examine(url, asked)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
    expect(observation !== null && 'rcode' in observation ? observation.rcode : undefined).toBe(
      rcode,
    )
  })

  test('is asked again within the time when a question is lost', async () => {
    const before = server.names.length
    await examine('dns://{server}/silent.test', { timeoutMs: 600 })
    expect(server.names.length - before).toBeGreaterThan(1)
  })

  test('on loopback is not asked where that is not allowed', async () => {
    const before = server.names.length
    const strict = dnsProber({ addresses: { allowPrivate: false }, resolve })
    const { result } = await examineBy(strict, 'dns', `dns://${server.address}/a.test`)
    expect(result).toMatchObject({
      failure: 'blocked',
      message: expect.stringContaining('ALLOW_PRIVATE'),
    })
    expect(server.names.length).toBe(before)
  })
})

describe("a name, by the worker's own name servers", () => {
  test.each<[string, string, string, string, Asked?]>([
    ['is there', 'dns:a.test', 'up', ''],
    ['does not exist', 'dns:missing.test', 'down dns', 'no such name'],
    ['has no such record', 'dns:a.test?type=PTR', 'down dns', 'no PTR record'],
    ['has servers that fail', 'dns:broken.test', 'down dns', 'failed to answer'],
    [
      'has servers that are silent',
      'dns:silent.test',
      'down dns',
      'within 300 ms',
      { timeoutMs: 300 },
    ],
    ['is refused to us, which says nothing of it', 'dns:refusing.test', 'inconclusive', 'EREFUSED'],
  ])('%s', async (_, url, outcome, part, asked) => {
    const { result } = await examine(url, asked)
    expect([result.result, result.failure].filter((word) => word !== null).join(' ')).toBe(outcome)
    expect(result.message ?? '').toContain(part)
    expect(result.remoteAddress).toBeNull()
  })

  test('cannot be asked for when they are gone, which says nothing of it', async () => {
    const { result } = await examine('dns:a.test', {}, [goneAddress])
    expect(result).toMatchObject({
      result: 'inconclusive',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
