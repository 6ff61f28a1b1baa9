import { describe, expect, test } from 'vitest'
import { SettingsError } from '#shared/runtime/settings.ts'
import { readWorkerSettings } from './settings.ts'

const needed = { DATABASE_URL: 'postgres://u@127.0.0.1/x', RESULT_STREAM: 'postgres' }

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readWorkerSettings({ ...needed, ...env })
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems
  }
}

test('a worker asks the system about names, and no canaries, until told otherwise', () => {
  expect(readWorkerSettings(needed)).toMatchObject({ dnsServers: [], canaryUrls: [] })
})

describe('DNS_SERVERS', () => {
  test('takes addresses of both families, with and without ports', () => {
    const given = '127.0.0.1, 127.0.0.1:5353, ::1, [::1]:5353'
    expect(readWorkerSettings({ ...needed, DNS_SERVERS: given }).dnsServers).toEqual([
      '127.0.0.1',
      '127.0.0.1:5353',
      '::1',
      '[::1]:5353',
    ])
  })

  test.each([
    ['a name', 'ns.example.test'],
    ['a port too high', '127.0.0.1:65536'],
    ['half an address', '127.0.0'],
    ['a URL', 'udp://127.0.0.1'],
  ])('refuses %s', (_, value) => {
    expect(problemsOf({ DNS_SERVERS: `127.0.0.1,${value}` })).toEqual([
      expect.stringContaining(`DNS_SERVERS: "${value}" is not an address`),
    ])
  })
})

describe('CANARY_URLS', () => {
  test('takes pages and ports', () => {
    const given = 'https://example.test/health,tcp://127.0.0.1:443'
    expect(readWorkerSettings({ ...needed, CANARY_URLS: given }).canaryUrls).toHaveLength(2)
  })

  test('are ten at the most', () => {
    const given = Array.from({ length: 11 }, (_, at) => `http://c${at}.example.test/`).join()
    expect(problemsOf({ CANARY_URLS: given }).join()).toContain('more than 10 entries')
  })

  test('never shows a password', () => {
    const [problem = ''] = problemsOf({ CANARY_URLS: 'https://u:hunter2@example.test/' })
    expect(problem).toContain('must not hold credentials')
    expect(problem).not.toContain('hunter2')
  })
})
