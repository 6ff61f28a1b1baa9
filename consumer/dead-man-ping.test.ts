import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Occasion } from '#shared/domain/check.ts'
import { type Metrics, openMetrics } from '#shared/runtime/metrics.ts'
import { keepLog, type LogLine } from '../test/support/kept-log.ts'
import { type RequestRecorder, startRequestRecorder } from '../test/support/request-recorder.ts'
import { resultAt } from '../test/support/results.ts'
import { DeadManPing } from './dead-man-ping.ts'
import type { Recorded } from './record-batch.ts'

const MINUTE_MS = 60_000

let server: RequestRecorder
let status: number
let metrics: Metrics
let lines: readonly LogLine[]
let nowMs: number
let ping: DeadManPing
beforeEach(async () => {
  status = 200
  server = await startRequestRecorder({
    answer: (_request, response) => response.writeHead(status).end('OK'),
  })
  open(`http://127.0.0.1:${server.port}/ping/secret-token`)
})
afterEach(async () => {
  await ping.stop()
  await server.stop()
})

function open(url: string): void {
  const kept = keepLog()
  lines = kept.lines
  nowMs = 1_700_000_000_000
  metrics = openMetrics({ service: 'consumer', version: '1' })
  ping = new DeadManPing({ url, metrics, nowMs: () => nowMs, log: kept.log })
}

/** A batch with a result of a slot this long ago. */
function batch(slotAgoMs: number, occasion: Occasion = 'slot'): Recorded {
  const result = { ...resultAt(0, 'down'), slotMs: nowMs - slotAgoMs, occasion }
  return { ...nothing, stored: [result] }
}
const nothing: Recorded = {
  stored: [],
  late: 0,
  deadLetters: [],
  opened: [],
  recovered: [],
  retracted: [],
  doubts: new Map(),
}
const counted = async (outcome: 'sent' | 'failed') => {
  const line = new RegExp(`^uptick_dead_man_pings_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm')
  return Number(line.exec(await metrics.render())?.[1])
}
const eventually = (outcome: 'sent' | 'failed', count: number) =>
  vi.waitFor(async () => expect(await counted(outcome)).toBe(count))

describe("the dead man's ping", () => {
  test('follows a result of a slot of just now', async () => {
    ping.onRecorded(batch(2_000))
    await eventually('sent', 1)
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /ping/secret-token',
    ])
  })

  test.each([
    ['of a slot of three minutes ago', () => batch(3 * MINUTE_MS)],
    ['that nobody had scheduled', () => batch(1_000, 'request')],
    ['of a second look', () => batch(1_000, 'recheck')],
    ['that was stored before', () => nothing],
  ])('does not follow a result %s', async (_, recorded) => {
    ping.onRecorded(recorded())
    ping.onRecorded(batch(0))
    await eventually('sent', 1)
    await ping.stop()
    expect(server.seen).toHaveLength(1)
  })

  test('comes once a minute at the most', async () => {
    ping.onRecorded(batch(0))
    await eventually('sent', 1)
    nowMs += MINUTE_MS - 1
    ping.onRecorded(batch(0))
    nowMs += 1
    ping.onRecorded(batch(0))
    await eventually('sent', 2)
    await ping.stop()
    expect(server.seen).toHaveLength(2)
  })

  test('comes again though the clock was set back', async () => {
    ping.onRecorded(batch(0))
    await eventually('sent', 1)
    nowMs -= 60 * MINUTE_MS
    ping.onRecorded(batch(0))
    await eventually('sent', 2)
  })

  test('that fails is told once, tried each minute, and told when it works again', async () => {
    status = 503
    for (const count of [1, 2]) {
      ping.onRecorded(batch(0))
      await eventually('failed', count)
      nowMs += MINUTE_MS
    }
    status = 200
    ping.onRecorded(batch(0))
    await eventually('sent', 1)
    expect(lines.map(({ text, fields }) => [text, fields])).toEqual([
      ['DEADMAN_URL was not reached; tried each minute', { error: 'status 503' }],
      ['DEADMAN_URL answers again', {}],
    ])
  })

  test('to nobody names no token', async () => {
    await server.stop()
    ping.onRecorded(batch(0))
    await eventually('failed', 1)
    expect(JSON.stringify(lines)).toContain('ECONNREFUSED')
    expect(JSON.stringify(lines)).not.toContain('secret-token')
  })
})

test('a ping without an answer holds up neither a batch nor the end of the process', async () => {
  const silent = await startRequestRecorder({ answer: () => undefined })
  open(`http://127.0.0.1:${silent.port}/`)
  ping.onRecorded(batch(0))
  await vi.waitFor(() => expect(silent.seen).toHaveLength(1))
  await ping.stop()
  expect([await counted('sent'), await counted('failed'), lines]).toEqual([0, 0, []])
  await silent.stop()
})
