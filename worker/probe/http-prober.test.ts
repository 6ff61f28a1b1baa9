import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ask } from '../../test/hostile/theme.ts'
import { EXPIRED_AT_MS } from '../../test/support/certificates.ts'
import { type HostileFleet, startHostileFleet } from '../../test/support/hostile-fleet.ts'
import { startHostileTarget } from '../../test/support/hostile-target.ts'

let fleet: HostileFleet
beforeAll(async () => {
  fleet = await startHostileFleet()
})
afterAll(() => fleet.stop())

const hasIpv6 = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .some(({ address }) => address === '::1')

describe('what a probe finds out on the way', () => {
  test('phases, status and size of a good answer', async () => {
    const seen = await fleet.perform('http://up.test{:http}/ok', { slaMs: 60_000 })
    expect(seen).toMatchObject({
      statusCode: 200,
      responseBytes: 11,
      slaMet: true,
      tlsMs: null,
      certExpiresAtMs: null,
    })
    const { dnsMs, connectMs, ttfbMs, latencyMs } = seen
    for (const ms of [dnsMs, connectMs, ttfbMs]) expect(ms).toBeGreaterThanOrEqual(0)
    expect((dnsMs ?? 0) + (connectMs ?? 0) + (ttfbMs ?? 0)).toBeLessThanOrEqual(
      (latencyMs ?? 0) + 0.1,
    )
  })

  test('TLS has a phase of its own', async () => {
    const { tlsMs, connectMs } = await fleet.perform('https://localhost{:valid}/ok')
    expect(tlsMs).toBeGreaterThan(0)
    expect(connectMs).toBeGreaterThanOrEqual(0)
  })

  test('an address needs no name server', async () => {
    expect((await fleet.perform('/ok')).dnsMs).toBeNull()
  })

  test.skipIf(!hasIpv6)('a name whose IPv4 address is dead is up over IPv6', async () => {
    const target = await startHostileTarget({ host: '::1' })
    const seen = await fleet.perform(`http://both.test:${target.port}/ok`)
    await target.stop()
    expect(seen.result).toBe('up')
  })

  test.each([
    ['a text as it is', { jsonPath: 'status' }, 'OK'],
    ['a number', { jsonPath: 'items[0].id' }, '7'],
    ['a truth value', { jsonPath: 'on' }, 'true'],
    ['an object as JSON', { jsonPath: 'deep' }, '{"a":[1]}'],
  ])('the extracted value: %s', async (_, ask, value) => {
    expect(await fleet.perform('/json', ask)).toMatchObject({ result: 'up', extractedValue: value })
  })

  test('a value that is not as expected is kept', async () => {
    const seen = await fleet.perform('/json', { jsonPath: 'status', expectedValue: 'KO' })
    expect(seen).toMatchObject({ result: 'down', extractedValue: 'OK' })
  })

  test('a value is compared whole and kept up to 500 characters', async () => {
    const seen = await fleet.perform('/long-value', {
      jsonPath: 'status',
      expectedValue: 'x'.repeat(5_000),
    })
    expect(seen).toMatchObject({ result: 'up', extractedValue: 'x'.repeat(500) })
  })

  test('U+0000 does not reach the database', async () => {
    expect((await fleet.perform('/nul', { jsonPath: 'status' })).extractedValue).toBe('ab')
  })

  test('an answer slower than the SLA is up and says so', async () => {
    expect(await fleet.perform('/ok', { slaMs: 0.001 })).toMatchObject({
      result: 'up',
      slaMet: false,
    })
  })

  test.each([
    ['expired', EXPIRED_AT_MS],
    ['valid', expect.any(Number)],
    ['wrongHost', expect.any(Number)],
    ['selfSigned', expect.any(Number)],
  ])('the expiry of a certificate: %s', async (name, expiresAtMs) => {
    expect((await fleet.perform(`https://localhost{:${name}}/ok`)).certExpiresAtMs).toEqual(
      expiresAtMs,
    )
  })

  test('of several certificates on the way the soonest expiry counts', async () => {
    const url =
      'https://localhost{:valid}/redirect?https://localhost{:expired}/redirect?https://localhost{:valid}/ok'
    const seen = await fleet.perform(url, { verifyTls: false })
    expect(seen).toMatchObject({ result: 'up', certExpiresAtMs: EXPIRED_AT_MS })
  })
})

describe('the deadline', () => {
  test.each([
    ['a body that drips', '/drip-body', 200],
    ['headers that drip', '/drip-headers', 300],
    ['silence', '/hang', 500],
    ['redirects and all', '/redirect?/redirect?/hang', 300],
    ['a TLS handshake', 'https://{mute}/', 300],
    ['a name server', 'http://silent.test/', 300],
  ])('is exact to 150 ms: %s', async (_, url, timeoutMs) => {
    const { latencyMs } = await fleet.perform(url, { timeoutMs })
    expect(Math.abs((latencyMs ?? 0) - timeoutMs)).toBeLessThan(150)
  })

  test('a status that was seen before it is kept', async () => {
    expect(await fleet.perform('/drip-body', { timeoutMs: 200 })).toMatchObject({
      failure: 'timeout',
      statusCode: 200,
    })
  })

  test('a worker that stops ends its probes, and books nothing on the site', async () => {
    const stopping = new AbortController()
    const seen = fleet.perform('/hang', { signal: stopping.signal })
    stopping.abort()
    expect(await seen).toMatchObject({
      result: 'inconclusive',
      failure: null,
      message: 'the worker is stopping',
    })
  })

  test('nothing stays open after a probe', async () => {
    const paths = ['/ok', '/infinite', '/reset', '/drip-body', '/loop', '/gzip-bomb', '/hang']
    await Promise.all(paths.map((path) => fleet.perform(path, { timeoutMs: 300 })))
    await expect
      .poll(() => fleet.servers.every((server) => server.openConnections === 0))
      .toBe(true)
  })
})

describe('what a target gets to see', () => {
  const secrets = { Authorization: 'Bearer s3cret', Cookie: 'id=s3cret', 'X-Token': 's3cret' }
  const requestsOf = (url: string, ask: Ask) => fleet.requestsDuring(() => fleet.perform(url, ask))

  test('who asks, and for what', async () => {
    const [request] = await requestsOf('http://up.test{:http}/ok?a=b%20c', {})
    expect(request).toContain('GET /ok?a=b%20c HTTP/1.1\r\n')
    expect(request).toContain(fleet.place('host: up.test{:http}\r\n'))
    expect(request).toContain('user-agent: Uptick/0.0.0 (+https://github.com/uptick/uptick)\r\n')
    expect(request).toContain('accept-encoding: identity\r\n')
    expect(request).toContain('connection: close\r\n')
  })

  test('the id of the check, by which a line of its log can be traced to it', async () => {
    const [request] = await requestsOf('/ok', { checkId: '0b7c' })
    expect(request).toContain('x-check-id: 0b7c\r\n')
  })

  test("a site's header takes the place of ours, however it is spelt", async () => {
    const [request = ''] = await requestsOf('/ok', { headers: { 'User-Agent': 'mine' } })
    expect(request.match(/user-agent: .*/gi)).toEqual(['User-Agent: mine'])
  })

  test('a body that is sent', async () => {
    const [request] = await requestsOf('/ok', { method: 'POST', body: 'größe=1' })
    expect(request).toMatch(/^POST .*content-length: 9\r\n/s)
  })

  test('secrets stay with a redirect within the origin', async () => {
    const requests = await requestsOf('/redirect?/ok', { headers: secrets })
    expect(requests.map((request) => request.includes('s3cret'))).toEqual([true, true])
  })

  test('no header of the site crosses to another origin, nor comes back', async () => {
    const back = encodeURIComponent(fleet.place('/ok'))
    const requests = await requestsOf(`/redirect?http://{elsewhere}/redirect?${back}`, {
      headers: secrets,
    })
    expect(requests).toHaveLength(3)
    expect(requests.filter((request) => request.includes('s3cret'))).toHaveLength(1)
    expect(requests.every((request) => request.includes('user-agent: Uptick/'))).toBe(true)
  })

  test.each([
    ['302 turns POST into GET', '/redirect', 'GET', 0],
    ['303 turns POST into GET', '/redirect-303', 'GET', 0],
    ['307 keeps the method and the body', '/redirect-307', 'POST', 3],
  ])('%s', async (_, path, method, length) => {
    const headers = { 'Content-Type': 'text/plain' }
    const [, request = ''] = await requestsOf(`${path}?/ok`, {
      method: 'POST',
      body: 'a=1',
      headers,
    })
    expect(request.startsWith(`${method} /ok `)).toBe(true)
    expect(request.includes(`content-length: ${length}`)).toBe(length > 0)
    expect(/content-type/i.test(request)).toBe(length > 0)
  })
})
