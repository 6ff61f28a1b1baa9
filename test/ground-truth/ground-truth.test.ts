import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckResult } from '#shared/domain/result.ts'
import { type HttpProbe, openHttpProbe } from '../support/http-probe.ts'
import { expectedOf } from './expected-of.ts'
import { modeAt } from './script.ts'
import { type GroundTruth, startGroundTruth } from './start-ground-truth.ts'
import { faultsAt, isTlsMode, type Mode, type Place, type Served, type TruthSite } from './truth.ts'

const LONG_MS = 3_600_000
const TIMEOUT_MS = 2_000
const wandering = { wandering: 100, edgy: 0, flapping: 0, broken: 0 }

const cases = (['http', 'https', 'door'] as const).flatMap((place) =>
  (['ok', ...faultsAt[place]] as const).map((mode): [Mode, Place] => [mode, place]),
)

let folder: string
let target: GroundTruth
let probe: HttpProbe
/** One site for each case, which is in the mode of it for an hour. */
const siteOf = new Map<string, TruthSite>()
/** What the checks of each case concluded. */
const resultOf = new Map<string, CheckResult>()
let served: readonly Served[]

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'uptick-truth-'))
  probe = await openHttpProbe()
  const truth = {
    seed: 7,
    sites: 200,
    durationMs: 1_000,
    cadenceSeconds: 2,
    mix: wandering,
    httpsPercent: 30,
    doors: 20,
  }
  target = await startGroundTruth({ truth, timeoutMs: TIMEOUT_MS, folder: probe.secretsDir })
  const free = Map.groupBy(target.sites, ({ place }) => place)
  for (const [mode, place] of cases) {
    const site = free.get(place)?.pop()
    if (site === undefined) throw new Error(`there are too few sites at ${place}`)
    siteOf.set(`${mode} ${place}`, site)
    await target.order(mode, LONG_MS, [site.number])
  }
  await Promise.all(
    [...siteOf].map(async ([name, site]) => resultOf.set(name, await check(site, `check-${name}`))),
  )
  served = await target.served()
})
afterAll(async () => {
  await target.stop()
  await probe.end()
  await rm(folder, { recursive: true })
})

async function check({ row }: TruthSite, id: string, verifyTls = true): Promise<CheckResult> {
  const ask = {
    timeoutMs: Number(row.timeout_ms),
    maxRedirects: Number(row.max_redirects),
    bodyContains: String(row.body_contains),
    tlsServerName: row.tls_server_name === null ? null : String(row.tls_server_name),
    tlsCaFile: row.tls_ca_file === null ? null : String(row.tls_ca_file),
    verifyTls,
  }
  return (await probe.look(row.url, ask, id.replaceAll(' ', '-'))).result
}

const steadySite = () => siteOf.get('ok http') ?? target.sites[0]

describe('an honest check of a site', () => {
  test.each(cases)('%s at %s concludes what is expected', (mode, place) => {
    const result = resultOf.get(`${mode} ${place}`)
    const expected = expectedOf(mode)
    expect(result).toMatchObject({ result: expected.result })
    if (expected.result === 'down') expect(expected.failures).toContain(result?.failure)
    else expect(result?.failure).toBeNull()
  })
})

describe('the log of a check of a site', () => {
  test.each(cases)('%s at %s has its mode, and its id if there was a request', (mode, place) => {
    const number = siteOf.get(`${mode} ${place}`)?.number
    const lines = served.filter(({ site }) => site === number)
    const checkId = isTlsMode(mode) ? null : `check-${mode}-${place}`
    const requests = { refuse: 0, redirect_loop: 4 }[String(mode)] ?? 1
    expect(lines).toHaveLength(requests)
    for (const line of lines) expect(line).toMatchObject({ mode, checkId })
  })

  test('is in order of time, and of this time', () => {
    const times = served.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.abs((times.at(-1) ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('agrees with the truth, when that is asked for afterwards', async () => {
    const sites = await target.sitesAsTheyWere()
    const wrong = served.filter(({ site, atMs, mode }) => {
      const script = sites[site - 1]?.script ?? []
      return modeAt(script, atMs - target.startMs) !== mode
    })
    expect(served.length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })
})

/** Speaks to the port of all sites, and hears all that it says. */
async function talk(...parts: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(target.origin).port), '127.0.0.1')
  socket.setNoDelay(true)
  const heard = text(socket)
  for (const part of parts) {
    await new Promise((written) => socket.write(part, written))
    // A turn of the event loop for each, so that they go out apart.
    await new Promise(setImmediate)
  }
  const answer = await heard
  socket.destroy()
  return answer
}

describe('a request', () => {
  test('is read from the packets that it is split over', async () => {
    const number = steadySite()?.number
    const before = (await target.served()).length
    const head = `GET /s/${number} HTTP/1.1\r\nx-check-id: in-pieces\r\n\r\n`
    expect(await talk(...head)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*all is well/s)
    const lines = (await target.served()).slice(before)
    expect(lines).toMatchObject([{ site: number, checkId: 'in-pieces', mode: 'ok' }])
  })

  test('is the only one of its connection', async () => {
    const number = siteOf.get('slow http')?.number
    const before = (await target.served()).length
    const head = (id: string) => `GET /s/${number} HTTP/1.1\r\nx-check-id: ${id}\r\n\r\n`
    expect((await talk(head('first'), head('second'))).match(/HTTP/g)).toHaveLength(1)
    expect((await target.served()).slice(before)).toMatchObject([{ checkId: 'first' }])
  })

  test('that is for no site is told so, and is not logged', async () => {
    const before = (await target.served()).length
    expect(await talk('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /)
    expect(await talk('GET /s/201 HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /)
    expect(await target.served()).toHaveLength(before)
  })

  test('whose head does not end is hung up on', async () => {
    await expect(talk(`GET /s/1 HTTP/1.1\r\na: ${'a'.repeat(20_000)}`)).resolves.toBe('')
  })

  test('that comes in spite of a bad certificate is answered well, and the log says both', async () => {
    const site = siteOf.get('tls_expired https')
    if (site === undefined) throw new Error('there is no such site')
    const before = (await target.served()).length
    expect(await check(site, 'careless', false)).toMatchObject({ result: 'up' })
    expect((await target.served()).slice(before)).toMatchObject([
      { site: site.number, mode: 'tls_expired', checkId: null },
      { site: site.number, mode: 'ok', checkId: 'careless' },
    ])
  })
})

describe('an order', () => {
  test('holds for its time, at all sites, and is true from then on', async () => {
    const [site] = target.sites
    if (site === undefined) throw new Error('there is no site')
    const order = await target.order('wrong_status', 300)
    expect(order.untilMs - order.fromMs).toBe(300)
    const sites = await target.sitesAsTheyWere()
    expect(sites.map(({ script }) => modeAt(script, order.fromMs))).toEqual(
      sites.map(() => 'wrong_status'),
    )
    await expect
      .poll(() => check(site, 'after').then(({ result }) => result), { timeout: 5_000 })
      .toBe('up')
  })

  test('shuts a door at once, and opens it on the same port', async () => {
    const door = siteOf.get('ok door')
    if (door === undefined) throw new Error('there is no door')
    const shut = await target.order('refuse', LONG_MS, [door.number])
    expect(await check(door, 'shut')).toMatchObject({ failure: 'refused' })
    const opened = await target.order('ok', LONG_MS, [door.number])
    expect(await check(door, 'opened')).toMatchObject({ result: 'up' })
    const was = (await target.sitesAsTheyWere())[door.number - 1]?.script ?? []
    const [closed] = was.filter(({ mode }) => mode === 'refuse')
    expect(closed?.fromMs).toBeGreaterThanOrEqual(shut.fromMs)
    expect(closed?.untilMs).toBeGreaterThanOrEqual(opened.fromMs)
    expect(modeAt(was, opened.fromMs + 5_000)).toBe('ok')
  })

  test.each<[string, Mode, 'all' | number[], string]>([
    ['no site but a door can refuse', 'refuse', 'all', 'where refuse cannot be shown'],
    ['nobody shows a certificate without TLS', 'tls_expired', 'all', 'tls_expired cannot be shown'],
    ['a site that does not exist does nothing', 'ok', [1, 201], 'site 201 does not exist'],
  ])('is refused: %s', async (_, mode, sites, message) => {
    await expect(target.order(mode, 1_000, sites)).rejects.toThrow(message)
  })
})

describe('a target that only counts', () => {
  test('knows how many of each, writes no line, and ends when told', async () => {
    const truth = { seed: 1, sites: 100_000, durationMs: 0, cadenceSeconds: 60 }
    const counting = await startGroundTruth({ truth, timeoutMs: 1_000, folder, logging: 'count' })
    for (const number of [1, 50_000, 100_000]) {
      const response = await fetch(`${counting.origin}/s/${number}`)
      expect(await response.text()).toMatch(/^all is well/)
    }
    expect((await counting.facts()).served).toEqual({ ok: 3 })
    await expect(readFile(counting.logFile)).rejects.toThrow('ENOENT')
    await counting.stop()
    await expect(fetch(`${counting.origin}/s/1`)).rejects.toThrow('fetch failed')
  })
})
