import { describe, expect, test } from 'vitest'
import type { LiveEmail, LiveSite, LiveView, Totals } from '#db/live-view.ts'
import { type Paint, unpainted as plain } from '../paint.ts'
import { type Frame, renderDashboard, type StreamLag } from './render-dashboard.ts'

const nowMs = 1_000_000_000_000
const marked: Paint = (style, text) => `<${style}>${text}</>`

const totals: Totals = {
  up: 11,
  down: 2,
  unknown: 0,
  disabled: 1,
  invalid: 0,
  openOutages: 1,
  checksPerSecond: 12.34,
  latenessP50Ms: 210.4,
  latenessP99Ms: 1_400,
  queuedChecks: 3,
  queuedResults: 4,
}

const site: LiveSite = {
  name: 'shop',
  status: 'up',
  sinceMs: nowMs - 725_000,
  lastResult: 'up',
  lastFailure: null,
  lastLatencyMs: 12.6,
  invalidReason: null,
}

const email: LiveEmail = {
  kind: 'outage',
  siteName: 'shop',
  recipient: 'ops@uptick.localhost',
  queuedAtMs: nowMs - 65_000,
  sentAtMs: nowMs - 64_000,
  failedAtMs: null,
}

const view = (part: Partial<LiveView> = {}): LiveView => ({
  nowMs,
  totals,
  sites: [site],
  emails: [email],
  ...part,
})

function render(part: Partial<LiveView>, frame: Partial<Frame> = {}, lag: StreamLag = 7): string[] {
  return renderDashboard(view(part), lag, { columns: 100, rows: 40, paint: plain, ...frame })
}

const lineWith = (lines: readonly string[], text: string) =>
  lines.find((line) => line.includes(text))

describe('figures', () => {
  test.each<[string, Partial<Totals>, StreamLag, string]>([
    [
      'sites by status',
      {},
      7,
      '11 up · 2 down · 0 unknown · 0 invalid · 1 disabled · 1 open outage',
    ],
    [
      'thousands',
      { up: 99_999, openOutages: 2 },
      7,
      '99,999 up · 2 down · 0 unknown · 0 invalid · 1 disabled · 2 open outages',
    ],
    [
      'work',
      {},
      7,
      '12.3 checks/s · started late p50 210 ms, p99 1400 ms · 3 checks queued · kafka lag 7',
    ],
    [
      'no check yet',
      { checksPerSecond: 0, latenessP50Ms: null, latenessP99Ms: null },
      0,
      '0.0 checks/s · started late p50 -, p99 - · 3 checks queued · kafka lag 0',
    ],
    [
      'Kafka away',
      {},
      'unknown',
      '12.3 checks/s · started late p50 210 ms, p99 1400 ms · 3 checks queued · kafka lag -',
    ],
    [
      'no Kafka',
      {},
      'not_kafka',
      '12.3 checks/s · started late p50 210 ms, p99 1400 ms · 3 checks queued · 4 batches of results wait',
    ],
  ])('%s', (_, part, lag, line) => {
    expect(render({ totals: { ...totals, ...part } }, {}, lag)).toContain(line)
  })
})

describe('a site', () => {
  test.each<[string, Partial<LiveSite>, RegExp]>([
    ['that is up', {}, /^shop +up +12m +13 ms up$/],
    [
      'that is down',
      { status: 'down', lastResult: 'down', lastFailure: 'timeout', lastLatencyMs: null },
      /^shop +down +12m +- timeout$/,
    ],
    [
      'never checked',
      { status: 'unknown', sinceMs: null, lastResult: null, lastLatencyMs: null },
      /^shop +unknown +- +- not checked yet$/,
    ],
    ['that could not be judged', { lastResult: 'inconclusive' }, / inconclusive$/],
    [
      'that cannot be checked',
      { status: 'invalid', invalidReason: 'json_path: "" is empty' },
      /invalid .*json_path: "" is empty$/,
    ],
    ['whose name would steer the terminal', { name: 'a\u001b[2J\u202eb' }, /^a b +up/],
    ['with a line break in its name', { name: 'a\nb' }, /^a b +up/],
  ])('%s', (_, part, line) => {
    expect(render({ sites: [{ ...site, ...part }] })[5]).toMatch(line)
  })

  test('has its status in colour, and nothing else', () => {
    const lines = render(
      { sites: [{ ...site, status: 'down', lastFailure: 'dns' }] },
      { paint: marked },
    )
    expect(lineWith(lines, 'shop ')).toMatch(/^shop +<red>down +<\/> +12m +13 ms dns$/)
  })
})

describe('an email', () => {
  test.each<[string, Partial<LiveEmail>, string]>([
    ['that was sent', {}, '1m ago      sent   outage     shop to ops@uptick.localhost'],
    [
      'that waits',
      { sentAtMs: null },
      '1m ago      queued outage     shop to ops@uptick.localhost',
    ],
    [
      'that was given up',
      { sentAtMs: null, failedAtMs: nowMs },
      '1m ago      failed outage     shop to ops@uptick.localhost',
    ],
    [
      'of a recovery',
      { kind: 'recovery' },
      '1m ago      sent   recovery   shop to ops@uptick.localhost',
    ],
  ])('%s', (_, part, line) => {
    expect(render({ emails: [{ ...email, ...part }] })).toContain(line)
  })

  test('that is not there yet', () => {
    expect(render({ emails: [] }).at(-1)).toBe('none yet')
  })
})

describe('the frame', () => {
  const many = Array.from({ length: 200 }, (_, index) => ({
    ...site,
    name: `site ${index} ${'x'.repeat(200)}`,
  }))
  const emails = Array.from({ length: 5 }, () => ({ ...email, siteName: 'y'.repeat(200) }))

  test.each([
    [20, 10],
    [40, 24],
    [80, 24],
    [120, 50],
    [300, 15],
  ])('of %i by %i is not left', (columns, rows) => {
    const lines = render({ sites: many, emails }, { columns, rows })
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    // A frame that is too low for its own furniture still shows one site.
    expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 13))
  })

  test('shows the first sites, which are the worst', () => {
    const lines = render({ sites: many, emails }, { columns: 100, rows: 24 })
    expect(lineWith(lines, 'site 0 ')).toBeDefined()
    expect(lineWith(lines, 'site 199 ')).toBeUndefined()
  })
})
