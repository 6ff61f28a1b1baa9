import { describe, expect, test } from 'vitest'
import { defaultTarget, type Heartbeat } from '#shared/domain/check.ts'
import { heartbeatProber } from './heartbeat-prober.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const slotMs = 1_000 * HOUR

/** A job that should call every hour, called half an hour before the slot, and was well. */
const calm: Heartbeat = {
  lastBeatAtMs: slotMs - HOUR / 2,
  lastStatus: 'up',
  lastMessage: 'copied 3 files',
  lastPingMs: null,
  startedAtMs: null,
  maxAgeSeconds: 3_600,
  waitingSinceMs: 0,
  slotMs,
}
const silent = { lastBeatAtMs: null, lastStatus: null, lastMessage: null } as const

const probe = (heartbeat: Heartbeat | null) =>
  heartbeatProber.probe(
    { ...defaultTarget, kind: 'heartbeat', url: 'heartbeat:', heartbeat },
    'text',
  )

describe('a job', () => {
  test.each([
    ['that called in time is well', {}, 'answered', null],
    ['that called at this very slot is well', { lastBeatAtMs: slotMs }, 'answered', null],
    ['that called after the slot is well', { lastBeatAtMs: slotMs + 5_000 }, 'answered', null],
    ['is well to the last millisecond', { lastBeatAtMs: slotMs - HOUR }, 'answered', null],
    [
      'is late a millisecond later',
      { lastBeatAtMs: slotMs - HOUR - 1 },
      'timeout',
      'no call for 1h 00m, expected one every 1h 00m',
    ],
    [
      'that began and did not end is late, with the beginning as a hint',
      { lastBeatAtMs: slotMs - 26 * HOUR, startedAtMs: slotMs - 2 * HOUR },
      'timeout',
      'no call for 1d 2h, expected one every 1h 00m; a run began 2h 00m ago and has not ended',
    ],
    ['that runs again is as well as it was', { startedAtMs: slotMs - 5_000 }, 'answered', null],
    [
      'that said so is down, in its own words',
      { lastStatus: 'down', lastMessage: 'disk full' },
      'status',
      'the job reported a failure: disk full',
    ],
    [
      'that said so without a word is down',
      { lastStatus: 'down', lastMessage: null },
      'status',
      'the job reported a failure',
    ],
    [
      'that said so stays down, however long ago that was',
      { lastStatus: 'down', lastMessage: 'disk full', lastBeatAtMs: 0 },
      'status',
      'the job reported a failure: disk full',
    ],
    [
      'that never called is waited for',
      { ...silent, waitingSinceMs: slotMs - HOUR },
      'inconclusive',
      'no call yet in 1h 00m, expected one every 1h 00m',
    ],
    [
      'that never called is late once it has been waited for',
      { ...silent, waitingSinceMs: slotMs - HOUR - 1 },
      'timeout',
      'no call yet in 1h 00m, expected one every 1h 00m',
    ],
    [
      'that is waited for since after the slot is no trouble',
      { ...silent, waitingSinceMs: slotMs + 1 },
      'inconclusive',
      'no call yet in 0s, expected one every 1h 00m',
    ],
  ] as const)('%s', async (_, differently, outcome, message) => {
    const seen = await probe({ ...calm, ...differently })
    const verdict = seen.outcome === 'failed' ? seen.failure : seen.outcome
    expect([verdict, 'message' in seen ? seen.message : null]).toEqual([outcome, message])
  })

  test('of whom the check knows nothing is not blamed', async () => {
    expect(await probe(null)).toMatchObject({ outcome: 'inconclusive' })
  })

  test('is read by the rules for bodies as what it said', async () => {
    expect(await probe(calm)).toMatchObject({
      body: { kind: 'whole', text: 'copied 3 files' },
      responseBytes: 14,
      statusCode: null,
    })
  })

  test.each([
    ['took as long as it says', { lastPingMs: 1_500 }, 1_500],
    ['may take a day', { lastPingMs: 86_400_000 }, 86_400_000],
    ['of longer than a day has no latency', { lastPingMs: 86_400_001 }, null],
    ['that told no time has none', {}, null],
    ['that failed took as long as it says', { lastPingMs: 9, lastStatus: 'down' }, 9],
    ['that is late has none of its own', { lastPingMs: 9, lastBeatAtMs: 0 }, null],
  ] as const)('%s', async (_, differently, totalMs) => {
    expect(await probe({ ...calm, ...differently })).toMatchObject({ phases: { totalMs } })
  })
})
