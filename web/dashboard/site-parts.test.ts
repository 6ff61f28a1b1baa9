import { describe, expect, test } from 'vitest'
import type { LatencyPoint } from '#db/latency.ts'
import type { TimelinePart } from '#db/site-page.ts'
import { chartData } from './latency-chart.ts'
import { timesText } from './maintenance-view.ts'
import { changesBetween } from './rules-view.ts'
import { timeline } from './site-timeline.ts'

/** The parts of a site's page that only compute. */

const HOUR_MS = 3_600_000
const up: TimelinePart = { ups: 6, downs: 0, inconclusives: 0 }
const down: TimelinePart = { ups: 0, downs: 6, inconclusives: 0 }
const mixed: TimelinePart = { ups: 5, downs: 1, inconclusives: 0 }
const blind: TimelinePart = { ups: 0, downs: 0, inconclusives: 6 }
const nothing: TimelinePart = { ups: 0, downs: 0, inconclusives: 0 }

describe('a timeline', () => {
  test.each<[string, readonly TimelinePart[], readonly string[]]>([
    ['has equal neighbours in one piece', [up, up, down, down], ['up', 'down']],
    ['tells some failed checks from all', [up, mixed, down], ['up', 'partly', 'down']],
    ['claims nothing of what was not observed', [nothing, blind, up], ['unknown', 'up']],
  ])('%s', async (_, parts, shades) => {
    const svg = String(await timeline(parts, { fromMs: 0, toMs: parts.length * HOUR_MS }))
    expect([...svg.matchAll(/<rect class="(\w+)"/g)].map(([, shade]) => shade)).toEqual(shades)
  })

  test('says in words what it shows, and each piece its hours', async () => {
    const svg = String(await timeline([up, up, down], { fromMs: 0, toMs: 3 * HOUR_MS }))
    expect(svg).toContain('aria-label="all checks failed for 1h 00m, up for 2h 00m"')
    expect(svg).toContain('<title>02:00 to 03:00 UTC: all checks failed</title>')
  })
})

describe('a chart', () => {
  const point: LatencyPoint = {
    ...{ atMs: 1_000, p50Ms: 100, p95Ms: 200, checks: 6 },
    ...{ dnsMs: 1, connectMs: 2, tlsMs: null, ttfbMs: 30, totalMs: 40 },
  }

  test('has phases that add up to the whole', () => {
    const { at, phases } = chartData([point])
    expect(at).toEqual([1])
    expect(phases.map(({ ms }) => ms[0])).toEqual([1, 2, null, 30, 7])
  })

  test('has no time below nothing, where means of different checks exceed the whole', () => {
    expect(chartData([{ ...point, totalMs: 20 }]).phases.at(-1)?.ms).toEqual([0])
  })

  test('of nothing is empty', () => {
    expect(chartData([]).at).toEqual([])
  })
})

test('a change of a rule is what differs, with what was there before', () => {
  const rule = {
    ...{ fromMs: 0, toMs: null, cadenceSeconds: 60, failureThreshold: 2, recoveryThreshold: 2 },
    isWatched: true,
    config: { url: 'http://127.0.0.1/', timeout_ms: 10_000, tags: ['a'], sla_ms: 5 },
  }
  const { sla_ms: _, ...config } = rule.config
  const after = { ...rule, isWatched: false, config: { ...config, tags: ['a', 'b'] } }
  expect(changesBetween(rule, after)).toEqual([
    { column: 'sla_ms', from: '5', to: 'none' },
    { column: 'tags', from: '["a"]', to: '["a","b"]' },
    { column: 'watched', from: 'true', to: 'false' },
  ])
  expect(changesBetween(rule, rule)).toEqual([])
})

test('planned work of every day says so', () => {
  const daily = { startsLocal: '02:30', durationMinutes: 60, timeZone: 'Europe/Berlin' }
  const always = { weekdays: null, monthDays: null, firstDay: '2026-01-01', lastDay: null }
  expect(timesText({ kind: 'recurring', ...daily, ...always })).toBe(
    'every day at 02:30 Europe/Berlin for 1h 00m, from 2026-01-01',
  )
})
