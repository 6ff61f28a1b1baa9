import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DemoServer } from './demo-server.ts'

let nowMs = 0
let server: DemoServer
beforeEach(async () => {
  nowMs = 1_000_000
  server = new DemoServer({ host: '127.0.0.1', port: 0, nowMs: () => nowMs })
  await server.start()
})
afterEach(() => server.stop())

async function ask(page: string, init: RequestInit = {}) {
  const response = await fetch(server.url + page, { redirect: 'manual', ...init })
  return {
    status: response.status,
    body: await response.text(),
    location: response.headers.get('location'),
  }
}

describe('pages', () => {
  test.each<[string, number, RegExp]>([
    ['/', 200, /curl -X POST/],
    ['/ok', 200, /^OK/],
    ['/ok?with=query', 200, /^OK/],
    ['/slow', 200, /^OK/],
    ['/json', 200, /^{"status":"OK","version":"1.2.3"}$/],
    ['/json-bad', 200, /^{"status":"DEGRADED"}$/],
    ['/json-broken', 200, /^{"status":"OK","vers$/],
    ['/numbers', 200, /^{"queue":{"length":7},"load":0.25,"items":\["a","b"\]}$/],
    ['/text', 200, /version 1\.2\.3/],
    ['/headers', 200, /^OK/],
    ['/status/404', 404, /404/],
    ['/status/503', 503, /503/],
    ['/status/199', 404, /see \//],
    ['/constructor', 404, /see \//],
    ['/elsewhere', 404, /see \//],
  ])('%s answers %i', async (page, status, body) => {
    expect(await ask(page)).toMatchObject({ status, body: expect.stringMatching(body) })
  })

  test('/redirect leads to /ok', async () => {
    expect(await ask('/redirect')).toMatchObject({ status: 302, location: '/ok' })
  })

  test('/headers tells a version in a header', async () => {
    const response = await fetch(`${server.url}/headers`)
    expect(response.headers.get('x-app-version')).toBe('1.2.3')
    await response.text()
  })

  test('/slow takes its time', async () => {
    const startedAtMs = performance.now()
    await ask('/slow')
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(395)
  })

  test('/hang never answers, and does not keep the server from stopping', async () => {
    const asked = ask('/hang').catch((error: unknown) => error)
    await ask('/ok')
    await server.stop()
    expect(await asked).toBeInstanceOf(Error)
  })

  test('HEAD is answered like GET, without a body', async () => {
    expect(await ask('/ok', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  test('POST changes nothing but the switch', async () => {
    expect(await ask('/ok', { method: 'POST' })).toMatchObject({ status: 404 })
  })
})

describe('states', () => {
  test('/flaky fails every third time, never twice in a row', async () => {
    const seen: number[] = []
    for (let i = 0; i < 7; i++) seen.push((await ask('/flaky')).status)
    expect(seen).toEqual([200, 200, 503, 200, 200, 503, 200])
  })

  test('/outage follows its script by the clock', async () => {
    const seen: number[] = []
    for (let i = 0; i < 6; i++) {
      seen.push((await ask('/outage')).status)
      nowMs += 10_000
    }
    expect(seen).toEqual([200, 200, 503, 503, 200, 200])
  })

  test('/switch is what it was switched to', async () => {
    expect(await ask('/switch')).toMatchObject({ status: 200, body: '{"status":"OK"}' })
    await ask('/switch/down', { method: 'POST' })
    expect(await ask('/switch')).toMatchObject({ status: 503, body: '{"status":"DOWN"}' })
    await ask('/switch/up', { method: 'POST' })
    expect(await ask('/switch')).toMatchObject({ status: 200 })
  })

  test('looking at a switch does not turn it', async () => {
    expect(await ask('/switch/down')).toMatchObject({ status: 404 })
    expect(await ask('/switch')).toMatchObject({ status: 200 })
  })
})

describe('the server', () => {
  test('starts and stops twice without harm', async () => {
    await server.start()
    await server.stop()
    await server.stop()
    await server.start()
    expect(await ask('/ok')).toMatchObject({ status: 200 })
  })

  test('says that a port is taken', async () => {
    const port = Number(new URL(server.url).port)
    const second = new DemoServer({ host: '127.0.0.1', port, nowMs: () => nowMs })
    await expect(second.start()).rejects.toThrow('EADDRINUSE')
  })
})
