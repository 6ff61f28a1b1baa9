import { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Target } from '#shared/domain/check.ts'
import {
  type Certificates,
  EXPIRED_AT_MS,
  makeCertificates,
} from '../../test/support/certificates.ts'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'
import { type RequestRecorder, startRequestRecorder } from '../../test/support/request-recorder.ts'

let certificates: Certificates
let others: Certificates
let probe: HttpProbe
/** Shows `localhost`, and asks who comes. */
let site: RequestRecorder
/** Lets nobody in without a certificate. */
let guarded: RequestRecorder
let selfSigned: RequestRecorder
/** Shows a certificate for elsewhere.example. */
let wrongHost: RequestRecorder
let expired: RequestRecorder

beforeAll(async () => {
  certificates = await makeCertificates()
  others = await makeCertificates()
  const clientCa = certificates.ca
  site = await startRequestRecorder({
    certificate: certificates.valid,
    clientCa,
    answer: (request, response) => {
      if (request.url !== '/away') response.end('ok')
      else response.writeHead(302, { location: `https://localhost:${guarded.port}/` }).end()
    },
  })
  guarded = await startRequestRecorder({
    certificate: certificates.valid,
    clientCa,
    insists: true,
    answer: (request, response) => {
      if (request.url !== '/away') response.end('ok')
      else response.writeHead(302, { location: `https://localhost:${site.port}/` }).end()
    },
  })
  selfSigned = await startRequestRecorder({ certificate: certificates.selfSigned })
  wrongHost = await startRequestRecorder({ certificate: certificates.wrongHost })
  expired = await startRequestRecorder({ certificate: certificates.expired })
})
beforeEach(async () => {
  probe = await openHttpProbe({ trustedCa: certificates.ca })
  await probe.keep('client.pem', certificates.valid.cert)
  await probe.keep('client.key', certificates.valid.key)
  await probe.keep('self-signed.pem', certificates.selfSigned.cert)
  await probe.keep('other-ca.pem', others.ca)
  await probe.keep('other.key', others.valid.key)
  await probe.keep('junk', 'junk')
  await probe.keep('cut.pem', certificates.valid.cert.slice(0, 200))
  await probe.keep('garbled.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  return probe.end
})
afterAll(() =>
  Promise.all([site, guarded, selfSigned, wrongHost, expired].map((server) => server.stop())),
)

const at = ({ port }: RequestRecorder, path = '/') => `https://localhost:${port}${path}`
const client = { tlsClientCertFile: 'client.pem', tlsClientKeyFile: 'client.key' }

describe('whom a site trusts', () => {
  test('an authority of its own, in place of the usual ones', async () => {
    const { result } = await probe.look(at(selfSigned), { tlsCaFile: 'self-signed.pem' })
    expect(result).toMatchObject({ result: 'up', certificate: { chainError: null } })
    const usual = await probe.look(at(site), { tlsCaFile: 'other-ca.pem' })
    expect(usual.result).toMatchObject({ result: 'down', failure: 'tls_cert' })
  })

  test('an authority whose file was replaced, without a restart', async () => {
    await probe.keep('ca.pem', others.ca)
    const before = await probe.look(at(site), { tlsCaFile: 'ca.pem' })
    expect(before.result.failure).toBe('tls_cert')
    await probe.keep('ca.pem', `${certificates.ca}\n`)
    const after = async () => (await probe.look(at(site), { tlsCaFile: 'ca.pem' })).result.result
    await expect.poll(after, { timeout: 10_000, interval: 500 }).toBe('up')
  })

  test.each<[string, Partial<Target>, string]>([
    ['an authority that is not there', { tlsCaFile: 'missing' }, 'tls_ca_file: the file "missing"'],
    ['an authority that is no PEM', { tlsCaFile: 'junk' }, 'it holds no certificate'],
    ['an authority that was cut', { tlsCaFile: 'cut.pem' }, 'it holds no certificate'],
    ['an authority that cannot be read', { tlsCaFile: 'garbled.pem' }, 'cannot be read'],
    ['a key for an authority', { tlsCaFile: 'client.key' }, 'it holds no certificate'],
    [
      'a certificate that is no PEM',
      { ...client, tlsClientCertFile: 'junk' },
      'tls_client_cert_file: the file "junk"',
    ],
    [
      'a key that is no PEM',
      { ...client, tlsClientKeyFile: 'junk' },
      'tls_client_key_file: the file "junk" cannot be used: it holds no private key',
    ],
    [
      'a key of another certificate',
      { ...client, tlsClientKeyFile: 'other.key' },
      'it is not the key of tls_client_cert_file',
    ],
  ])('%s is a fault of ours', async (_, files, part) => {
    const { result } = await probe.look(at(site), files)
    expect(result).toMatchObject({ result: 'inconclusive', message: expect.stringContaining(part) })
  })
})

test('a client certificate that is too weak for OpenSSL is a fault of ours', async () => {
  const weak = await generate([{ name: 'commonName', value: 'weak' }], { keySize: 1024 })
  await probe.keep('weak.pem', weak.cert)
  await probe.keep('weak.key', weak.private)
  const files = { tlsClientCertFile: 'weak.pem', tlsClientKeyFile: 'weak.key' }
  expect((await probe.look(at(site), files)).result).toMatchObject({
    result: 'inconclusive',
    message: expect.stringContaining('tls_client_cert_file: the file "weak.pem"'),
  })
})

describe('who comes', () => {
  test('somebody with a certificate, where one is demanded', async () => {
    const without = await probe.look(at(guarded))
    expect(without.result).toMatchObject({ result: 'down', failure: 'tls_handshake' })
    const { result } = await probe.look(at(guarded), client)
    expect(result.result).toBe('up')
    expect(guarded.seen.at(-1)?.client).toBe('localhost')
  })

  test('nobody, at another origin that a redirect leads to', async () => {
    const { result } = await probe.look(at(guarded, '/away'), client)
    expect(result.result).toBe('up')
    expect(site.seen.at(-1)?.client).toBeNull()
    const back = await probe.look(at(site, '/away'), client)
    expect(back.result).toMatchObject({ result: 'down', failure: 'tls_handshake' })
  })
})

describe('which server is meant', () => {
  test.each<[string, Partial<Target>, string | null, string]>([
    ['the one of the URL', {}, 'localhost', 'localhost:{port}'],
    ['by a name for TLS alone', { tlsServerName: 'localhost' }, 'localhost', '127.0.0.1:{port}'],
    ['by Host, for TLS too', { hostHeader: 'localhost:8443' }, 'localhost', 'localhost:8443'],
    [
      'by each its own',
      { hostHeader: 'shop.example', tlsServerName: 'localhost' },
      'localhost',
      'shop.example',
    ],
    ['by an address, which TLS is not asked for', {}, null, '127.0.0.1:{port}'],
    ['by an address for TLS', { tlsServerName: '127.0.0.1' }, null, '127.0.0.1:{port}'],
  ])('%s', async (_, ask, serverName, host) => {
    const isNamed = host.startsWith('localhost:{')
    const url = isNamed ? at(site) : `https://127.0.0.1:${site.port}/`
    const { result } = await probe.look(url, ask)
    expect(result).toMatchObject({ result: 'up', message: null })
    expect(site.seen.at(-1)).toMatchObject({
      serverName,
      headers: { host: host.replace('{port}', String(site.port)) },
    })
  })

  test.each<[string, Partial<Target>]>([
    ['a name for TLS', { tlsServerName: 'other.example' }],
    ['a Host', { hostHeader: 'other.example' }],
    ['a dot', { tlsServerName: '.' }],
    ['dashes', { tlsServerName: '--' }],
  ])('%s that the certificate is not for is refused', async (_, ask) => {
    const { result } = await probe.look(at(site), ask)
    expect(result).toMatchObject({ failure: 'tls_cert', message: expect.stringContaining('name') })
  })

  test.each<[string, Partial<Target>]>([
    ['a name for TLS', { tlsServerName: 'elsewhere.example' }],
    ['a Host', { hostHeader: 'elsewhere.example' }],
  ])('%s makes the certificate of another name the right one', async (_, ask) => {
    expect((await probe.look(at(wrongHost), ask)).result.result).toBe('up')
  })

  test('what is said of one server does not hold for the next', async () => {
    const ask = { hostHeader: 'shop.example', tlsServerName: 'localhost' }
    await probe.look(at(site, '/away'), { ...ask, ...client })
    const { result } = await probe.look(at(guarded, '/away'), { ...ask, ...client })
    expect(result.result).toBe('up')
    expect(site.seen.at(-1)?.headers.host).toBe(`localhost:${site.port}`)
  })
})

test('of all that a server shows the soonest expiry counts', async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000)
  const options = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'Short-lived authority' }], {
    ...options,
    notAfterDate: day(5),
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  })
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...options,
    notAfterDate: day(90),
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const server = await startRequestRecorder({
    certificate: { key: leaf.private, cert: `${leaf.cert}\n${authority.cert}` },
  })
  await probe.keep('authority.pem', authority.cert)
  const { result } = await probe.look(at(server), { tlsCaFile: 'authority.pem' })
  await server.stop()
  const expiryOf = (pem: string) => new X509Certificate(pem).validToDate.getTime()
  expect(result).toMatchObject({
    result: 'up',
    certExpiresAtMs: expiryOf(authority.cert),
    certificate: { issuer: 'Short-lived authority', expiresAtMs: expiryOf(leaf.cert) },
  })
})

describe('the certificate is told', () => {
  const fingerprint = expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  const issuer = 'Uptick test authority'

  test.each([
    ['when it is in order', () => at(site), 'up', { subject: 'localhost', issuer }, null],
    [
      'when it has expired',
      () => at(expired),
      'down',
      { subject: 'localhost', expiresAtMs: EXPIRED_AT_MS },
      'the certificate has expired',
    ],
    [
      'when it is for another host',
      () => at(wrongHost),
      'down',
      { subject: 'elsewhere.example' },
      'the certificate is for another name',
    ],
    [
      'when it is self-signed',
      () => at(selfSigned),
      'down',
      { subject: 'localhost', issuer: 'localhost' },
      'the certificate is self-signed',
    ],
  ])('%s', async (_, url, outcome, names, chainError) => {
    const seen = await probe.look(url())
    const told = { ...names, fingerprint, chainError }
    expect(seen.result).toMatchObject({ result: outcome, message: chainError, certificate: told })
    const lax = await probe.look(url(), { verifyTls: false })
    expect(lax.result).toMatchObject({ result: 'up', certificate: told })
  })
})
