import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { occasions } from '#shared/domain/check.ts'
import { failures } from '#shared/domain/failure.ts'
import type { Certificate, CheckResult, Hop } from '#shared/domain/result.ts'
import { decodeResult, encodeResult, resultKey } from './result-record.ts'

const nowMs = Date.parse('2026-11-21T12:00:00.000Z')
const result: CheckResult = {
  siteId: 42,
  slotMs: nowMs - 60_000,
  occasion: 'slot',
  checkedAtMs: nowMs - 59_500,
  result: 'down',
  failure: 'status',
  message: 'answered 503',
  statusCode: 503,
  latencyMs: 12.5,
  dnsMs: 0.4,
  connectMs: 1.1,
  tlsMs: null,
  ttfbMs: 10,
  hops: [],
  remoteAddress: null,
  httpVersion: null,
  responseBytes: 120,
  extractedValue: null,
  slaMet: null,
  certExpiresAtMs: nowMs + 86_400_000,
  certificate: null,
  excerpt: null,
  worker: 'w1',
}
const good = JSON.parse(encodeResult(result))
const bytes = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

describe('a record', () => {
  test('is read as it was written', () => {
    const instants = fc.integer({ min: nowMs - 6 * 86_400_000, max: nowMs })
    const ms = fc.option(fc.double({ min: 0, max: 60_000, noNaN: true }).map((value) => value + 0))
    // What Postgres cannot store is cut out of texts, which another test shows.
    const text = (maxLength: number) =>
      fc.string({ maxLength }).map((value) => value.replaceAll('\u0000', ''))
    const statusCode = fc.option(fc.integer({ min: 100, max: 599 }))
    const hop = fc.record<Hop>({
      dnsMs: ms,
      connectMs: ms,
      tlsMs: ms,
      ttfbMs: ms,
      totalMs: ms.map((value) => value ?? 0),
      statusCode,
      remoteAddress: fc.option(text(50)),
    })
    const certificate = fc.record<Certificate>({
      subject: text(200),
      issuer: text(200),
      fingerprint: text(95),
      expiresAtMs: instants,
      chainError: fc.option(text(200)),
    })
    const results = fc.record<CheckResult>({
      siteId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      slotMs: instants,
      occasion: fc.constantFrom(...occasions),
      checkedAtMs: instants,
      result: fc.constant('down'),
      failure: fc.constantFrom(...failures),
      message: fc.option(text(500)),
      statusCode,
      latencyMs: ms,
      dnsMs: ms,
      connectMs: ms,
      tlsMs: ms,
      ttfbMs: ms,
      hops: fc.array(hop, { maxLength: 21 }),
      remoteAddress: fc.option(text(50)),
      httpVersion: fc.option(fc.constantFrom('1.0', '1.1', '2')),
      responseBytes: fc.option(fc.nat()),
      extractedValue: fc.option(text(500)),
      slaMet: fc.option(fc.boolean()),
      certExpiresAtMs: fc.option(instants),
      certificate: fc.option(certificate),
      excerpt: fc.option(text(1_024)),
      worker: text(500),
    })
    fc.assert(
      fc.property(results, (sent) => {
        const read = decodeResult(bytes(encodeResult(sent)), resultKey(sent), nowMs)
        expect(read).toEqual({ ok: true, result: sent })
      }),
    )
  })

  test('may hold fields that this version does not know, and lack those that are null', () => {
    const { message, tls_ms, ...fewer } = good
    expect(decodeResult(bytes({ ...fewer, region: 'eu' }), '42', nowMs)).toMatchObject({
      ok: true,
      result: { message: null },
    })
  })

  test('has its texts cut at 500 characters, and cleared of what Postgres cannot store', () => {
    const read = decodeResult(
      bytes({ ...good, message: `a\u0000b${'x'.repeat(600)}` }),
      '42',
      nowMs,
    )
    expect(read.ok && read.result.message).toBe(`ab${'x'.repeat(498)}`)
  })

  test.each([
    ['without a value', null, 'the value is empty'],
    ['with no bytes', Buffer.alloc(0), 'the value is empty'],
    ['that is too large', Buffer.alloc(70_000, 'x'), '70000 bytes'],
    ['that is not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 'not UTF-8'],
    ['that is cut off', bytes('{"v":1,"site_id"'), 'not JSON'],
    ['that is an array', bytes([]), 'not a JSON object'],
    ['that is a number', bytes(7), 'not a JSON object'],
    [
      'of another version',
      bytes({ ...good, v: 99 }),
      'v must be a whole number from 1 to 1, not 99',
    ],
    ['without a site', bytes({ ...good, site_id: undefined }), 'site_id must be a whole number'],
    ['with a site as text', bytes({ ...good, site_id: '42' }), 'not "42"'],
    ['with a negative site', bytes({ ...good, site_id: -1 }), 'site_id must be a whole number'],
    ['without a slot', bytes({ ...good, slot: undefined }), 'slot must be a UTC instant'],
    ['with a slot as a number', bytes({ ...good, slot: 9e15 }), 'slot must be a UTC instant'],
    [
      'with a slot that does not exist',
      bytes({ ...good, slot: '2026-13-41T99:00:00Z' }),
      'slot must be a UTC instant',
    ],
    [
      'with a slot on 30 February',
      bytes({ ...good, slot: '2026-02-30T12:00:00.000Z' }),
      'slot must be a UTC instant',
    ],
    [
      'with a slot in the future',
      bytes({ ...good, slot: '2026-11-21T12:02:00Z' }),
      'is in the future',
    ],
    [
      'with a slot of last month',
      bytes({ ...good, slot: '2026-10-21T12:00:00Z' }),
      'older than 7 days',
    ],
    [
      'with an unknown result',
      bytes({ ...good, result: 'fine' }),
      'result must be one of up, down, inconclusive',
    ],
    [
      'with an unknown failure',
      bytes({ ...good, failure: 'tired' }),
      'failure must be one of dns, ',
    ],
    [
      'that is down without a failure',
      bytes({ ...good, failure: null }),
      'failure must be one of dns, ',
    ],
    ['that is up with a failure', bytes({ ...good, result: 'up' }), 'failure must be null when up'],
    [
      'with status 0',
      bytes({ ...good, status_code: 0 }),
      'status_code must be a whole number from 100 to 599',
    ],
    ['with status 1000', bytes({ ...good, status_code: 1000 }), 'status_code'],
    [
      'with a negative latency',
      bytes({ ...good, latency_ms: -1 }),
      'latency_ms must be milliseconds',
    ],
    [
      'with a latency as text',
      bytes({ ...good, latency_ms: 'NaN' }),
      'latency_ms must be milliseconds',
    ],
    [
      'with an infinite latency',
      bytes(JSON.stringify(good).replace('12.5', '1e400')),
      'latency_ms must be milliseconds',
    ],
    ['with a message that is an object', bytes({ ...good, message: {} }), 'message must be a text'],
    ['with a boolean as text', bytes({ ...good, sla_met: 'yes' }), 'sla_met must be true or false'],
    ['without a worker', bytes({ ...good, worker: null }), 'worker must be a text'],
  ])('%s is refused with a reason', (_, value, reason) => {
    const read = decodeResult(value, '42', nowMs)
    expect(read.ok ? 'accepted' : read.reason).toContain(reason)
  })

  test('under the key of another site is refused with a reason', () => {
    expect(decodeResult(bytes(good), '43', nowMs)).toEqual({
      ok: false,
      reason: 'the key "43" is not the site_id 42',
    })
  })
})
