import { describe, expect, test } from 'vitest'
import { defaultTarget } from '#shared/domain/check.ts'
import type { CheckResult, Hop } from '#shared/domain/result.ts'
import { resultAt } from '../../test/support/results.ts'
import type { AssertionVerdict } from '../../worker/probe/judge.ts'
import { type Paint, unpainted } from '../paint.ts'
import { renderCheck } from './render-check.ts'
import { renderWaterfall } from './render-waterfall.ts'

const checkedAtMs = Date.UTC(2026, 0, 1)
const DAY_MS = 86_400_000
const nothing: CheckResult = {
  ...resultAt(0, 'up'),
  checkedAtMs,
  message: null,
  statusCode: null,
  latencyMs: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  ttfbMs: null,
  remoteAddress: null,
  httpVersion: null,
  responseBytes: null,
  extractedValue: null,
  certificate: null,
  excerpt: null,
}
const phases = { dnsMs: 10, connectMs: 10, tlsMs: 20, ttfbMs: 40, latencyMs: 100 }
const answered: CheckResult = {
  ...nothing,
  ...phases,
  statusCode: 200,
  remoteAddress: '127.0.0.1',
  httpVersion: '1.1',
  responseBytes: 1256,
}
const certificate = {
  subject: 'example.test',
  issuer: 'Some CA',
  fingerprint: 'AA:BB',
  expiresAtMs: checkedAtMs + 9 * DAY_MS,
  chainError: null,
}
const marked: Paint = (style, text) => `<${style}>${text}</>`

function rendered(
  result: CheckResult,
  assertions: readonly AssertionVerdict[] = [],
  paint: Paint = unpainted,
): readonly string[] {
  const target = { ...defaultTarget, url: 'https://example.test/' }
  const text = renderCheck(
    target,
    { result, observation: null, assertions },
    { columns: 50, paint },
  )
  expect(text.endsWith('\n')).toBe(true)
  return text.slice(0, -1).split('\n')
}

describe('the picture of a check', () => {
  test('that is up has all there is to tell', () => {
    const rule = { rule: '[STATUS] == 200-299', outcome: 'met', seen: '200' } as const
    expect(rendered({ ...answered, certificate }, [rule])).toEqual([
      'UP  https://example.test/ in 100 ms',
      '  status 200 · from 127.0.0.1 · HTTP/1.1 · 1,256 bytes',
      '',
      '  dns           10.0 ms  ██▌',
      '  connect       10.0 ms    ███',
      '  tls           20.0 ms       █████',
      '  ttfb          40.0 ms            ██████████',
      '  transfer      20.0 ms                      █████',
      '  total        100.0 ms',
      '',
      'Certificate',
      '  example.test, expires in 9d 0h (2026-01-10)',
      '  issued by Some CA',
      '  SHA-256 AA:BB',
      '',
      'Rules',
      '  ✓ [STATUS] == 200-299   200',
    ])
  })

  test('that is down says why first, and where it stopped', () => {
    const down = {
      result: 'down',
      failure: 'timeout',
      message: 'no answer within 100 ms',
      ttfbMs: null,
      statusCode: null,
      responseBytes: null,
      httpVersion: null,
    } as const
    const rule = { rule: '[STATUS] == 200-299', outcome: 'not_reached', seen: null } as const
    expect(rendered({ ...answered, ...down }, [rule])).toEqual([
      'DOWN  timeout: no answer within 100 ms',
      '  https://example.test/ in 100 ms',
      '  from 127.0.0.1',
      '',
      '  dns           10.0 ms  ██▌',
      '  connect       10.0 ms    ███',
      '  tls           20.0 ms       █████',
      '  waiting       60.0 ms            ███████████████',
      '  total        100.0 ms',
      '',
      'Rules',
      '  - [STATUS] == 200-299   not reached',
    ])
  })

  test('that could not begin says only that', () => {
    const message = 'this worker has no SECRETS_DIR'
    expect(rendered({ ...nothing, result: 'inconclusive', message })).toEqual([
      'INCONCLUSIVE  this worker has no SECRETS_DIR',
      '  https://example.test/',
    ])
  })

  test('shows what the answer begins with, six lines at most, none wider than the terminal', () => {
    const excerpt = `${'x'.repeat(100)}\n\n1\n2\n3\n4\n5\n6`
    const lines = rendered({ ...nothing, excerpt })
    expect(lines.slice(-8)).toEqual([
      '',
      'The answer begins',
      `  ${'x'.repeat(45)}…`,
      '  1',
      '  2',
      '  3',
      '  4',
      '  5',
    ])
  })

  test('shows the value that was found', () => {
    expect(rendered({ ...nothing, extractedValue: 'OK' })).toContain('  value  OK')
  })

  test('an expired certificate, and one without trust, are red', () => {
    const bad = { ...certificate, expiresAtMs: checkedAtMs - DAY_MS, chainError: 'self-signed' }
    const text = rendered({ ...nothing, certificate: bad }, [], marked).join('\n')
    expect(text).toContain('<red>expired 1d 0h ago (2025-12-31)</>')
    expect(text).toContain('<red>not trusted: self-signed</>')
  })

  test.each([
    ['up', 'green', 'UP'],
    ['down', 'red', 'DOWN'],
    ['inconclusive', 'yellow', 'INCONCLUSIVE'],
  ] as const)('%s is %s', (result, colour, word) => {
    expect(rendered({ ...nothing, result }, [], marked)[0]).toMatch(`<${colour}>${word}</>`)
  })

  test('nothing of the site steers the terminal', () => {
    const evil = '\u001b[2J\u202eevil\r\n\u0007'
    const told = {
      message: evil,
      failure: 'body',
      result: 'down',
      extractedValue: evil,
      excerpt: evil,
      certificate: { ...certificate, subject: evil, issuer: evil, chainError: evil },
    } as const
    const rule = { rule: evil, outcome: 'not_met', seen: evil } as const
    const text = rendered({ ...nothing, ...told }, [rule]).join('')
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u)
  })
})

describe('the waterfall', () => {
  const hop = (part: Partial<Hop>): Hop => ({
    dnsMs: null,
    connectMs: 10,
    tlsMs: null,
    ttfbMs: 30,
    totalMs: 40,
    statusCode: 200,
    remoteAddress: '127.0.0.1',
    ...part,
  })

  test('of a redirect has its requests one behind the other', () => {
    const hops = [hop({ statusCode: 302 }), hop({ remoteAddress: '127.0.0.2' })]
    expect(renderWaterfall(hops, 45)).toEqual([
      '  1. 302 from 127.0.0.1',
      '  connect       10.0 ms  ██▌',
      '  ttfb          30.0 ms    ████████',
      '  2. 200 from 127.0.0.2',
      '  connect       10.0 ms            ██▌',
      '  ttfb          30.0 ms              ████████',
      '  total         80.0 ms',
    ])
  })

  test('of a request that went nowhere names it', () => {
    const hops = [hop({}), hop({ statusCode: null, remoteAddress: null })]
    expect(renderWaterfall(hops, 45)).toContain('  2. no answer')
  })

  test.each([
    ['no time at all', { connectMs: 0, ttfbMs: 0, totalMs: 0 }],
    ['phases longer than the whole, by rounding', { connectMs: 30.01, ttfbMs: 10.01, totalMs: 40 }],
    ['a phase too short to see', { connectMs: 0.01, ttfbMs: 9_999.99, totalMs: 10_000 }],
  ])('stays within its width: %s', (_, part) => {
    for (const columns of [1, 20, 35, 80, 500]) {
      const lines = renderWaterfall([hop(part)], columns)
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(
        Math.min(Math.max(columns, 35), 125),
      )
      expect(lines.filter((line) => /[▏▎▍▌▋▊▉█]/.test(line))).toHaveLength(2)
    }
  })
})
