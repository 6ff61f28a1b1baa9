import { describe, expect, test } from 'vitest'
import { SettingsError } from '#shared/runtime/settings.ts'
import { readConsumerSettings } from './settings.ts'

const needed = {
  DATABASE_URL: 'postgres://u@127.0.0.1/x',
  RESULT_STREAM: 'postgres',
  SMTP_URL: 'smtp://127.0.0.1:25',
  SMTP_FROM: 'uptick@example.org',
}

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConsumerSettings({ ...needed, ...env })
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems
  }
}

test('three outages an hour are told one by one, and certificates at five numbers of days', () => {
  expect(readConsumerSettings(needed)).toMatchObject({
    flapping: { outagesMax: 3, windowMs: 3_600_000, calmMs: 1_800_000 },
    certificateDays: [21, 14, 7, 3, 1],
  })
})

test.each([
  ['the usual ones', '30, 7', [30, 7]],
  ['each of them once', '7,7,1', [7, 1]],
  ['none at all', 'none', []],
])('CERT_WARNING_DAYS may be %s', (_, value, expected) => {
  expect(readConsumerSettings({ ...needed, CERT_WARNING_DAYS: value }).certificateDays).toEqual(
    expected,
  )
})

test('nobody is pinged who was not named', () => {
  expect(readConsumerSettings(needed).deadManUrl).toBeNull()
  const url = 'https://hc.example.org/ping/token'
  expect(readConsumerSettings({ ...needed, DEADMAN_URL: url }).deadManUrl).toBe(url)
})

test('a DEADMAN_URL that is none is refused without showing what may be its token', () => {
  expect(problemsOf({ DEADMAN_URL: 'hc.example.org/ping/token' })).toEqual([
    expect.stringMatching(/^DEADMAN_URL: "\*\*\*" must be a http: or https: URL/),
  ])
})

describe('it refuses', () => {
  test.each([
    ['days that are none', { CERT_WARNING_DAYS: '7,soon' }, 'CERT_WARNING_DAYS: "soon" must be'],
    ['no days', { CERT_WARNING_DAYS: '0' }, 'CERT_WARNING_DAYS: "0" must be'],
    ['half a day', { CERT_WARNING_DAYS: '1.5' }, 'CERT_WARNING_DAYS: "1.5" must be'],
    ['days beyond ten years', { CERT_WARNING_DAYS: '3651' }, 'CERT_WARNING_DAYS: "3651" must be'],
    ['a window of nothing', { FLAPPING_WINDOW_S: '0' }, 'FLAPPING_WINDOW_S: "0" must be'],
    ['fewer outages than none', { FLAPPING_OUTAGES: '-1' }, 'FLAPPING_OUTAGES: "-1" must be'],
  ])('%s', (_, env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(problem)])
  })
})
