import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { defaultTarget } from '#shared/domain/check.ts'
import type { Log } from '#shared/runtime/log.ts'
import { keepLog } from '../../test/support/kept-log.ts'
import { openScriptedTarget, type ScriptedTarget } from '../../test/support/scripted-target.ts'
import { httpProber } from '../probe/http-prober.ts'
import type { Observation, Prober } from '../probe/prober.ts'
import { CanaryWatch, canaryProblem } from './canary-watch.ts'

const prober = httpProber({ version: '0.0.0', addresses: { allowPrivate: true } })
const timing = { everyMs: 60_000, gapMs: 1, timeoutMs: 300 }

let target: ScriptedTarget
let closed: string
let watch: CanaryWatch | null = null
beforeAll(async () => {
  target = await openScriptedTarget()
  closed = `http://127.0.0.1:${await closedPort()}/`
})
afterAll(() => target.close())
afterEach(() => watch?.stop())

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const open = (urls: readonly string[], log: Log = keepLog().log) =>
  new CanaryWatch({ urls, prober, log, ...timing })

describe('a failure of the network', () => {
  test('stands when there are no canaries', async () => {
    expect(await open([]).troubleSince(performance.now())).toBeNull()
  })

  test.each<[sentence: string, urls: () => readonly string[], reason: string | null]>([
    ['stands when the canary answers', () => [`${target.url}/ok`], null],
    ['stands when it answers with an error', () => [`${target.url}/failing`], null],
    ['stands when one of three answers', () => [closed, `${target.url}/ok`, closed], null],
    [
      'is not believed when the only one refuses',
      () => [closed],
      'the canaries of this worker do not answer either (1 of 1)',
    ],
    [
      'is not believed when all fail, each in its way',
      () => [closed, `${target.url}/hanging`],
      'the canaries of this worker do not answer either (2 of 2)',
    ],
  ])('%s', async (_, urls, reason) => {
    target.set('/failing', 'failing')
    target.set('/hanging', 'hanging')
    expect(await open(urls()).troubleSince(performance.now())).toBe(reason)
  })

  test('is not believed when canaries failed while it was looked at, though they answer again', async () => {
    const beganAtMs = performance.now()
    target.set('/back', 'hanging')
    const back = open([`${target.url}/back`])
    await back.runOnce()
    target.set('/back', 'ok')
    expect(await back.troubleSince(beganAtMs)).toContain('1 of 1')
    expect(await back.troubleSince(performance.now())).toBeNull()
  })

  test('is held against a round that began after it, not against one that is out', async () => {
    const asked: PromiseWithResolvers<Observation>[] = []
    const scripted: Prober = {
      probe: () => {
        const gate = Promise.withResolvers<Observation>()
        asked.push(gate)
        return gate.promise
      },
    }
    const { log } = keepLog()
    const one = new CanaryWatch({ urls: [closed], prober: scripted, log, ...timing })
    const early = one.runOnce()
    await expect.poll(() => asked.length).toBe(1)
    const trouble = one.troubleSince(performance.now())
    asked[0]?.resolve(await prober.probe({ ...defaultTarget, url: `${target.url}/ok` }, 'none'))
    expect(await early).toBe(1)
    await expect.poll(() => asked.length).toBe(2)
    asked[1]?.resolve({ outcome: 'inconclusive', message: 'gone' })
    expect(await trouble).toContain('1 of 1')
  })

  test('of a thousand sites asks the canaries once', async () => {
    const before = target.requests('/once')
    const one = open([`${target.url}/once`])
    const nowMs = performance.now()
    await Promise.all(Array.from({ length: 1_000 }, () => one.troubleSince(nowMs)))
    expect(target.requests('/once') - before).toBe(1)
  })
})

test('canaries are asked in the background, and each change is told once', async () => {
  const { log, lines } = keepLog()
  target.set('/watched', 'hanging')
  watch = new CanaryWatch({
    urls: [`${target.url}/watched`],
    prober,
    log,
    everyMs: 20,
    gapMs: 1,
    timeoutMs: 50,
  })
  await watch.start()
  await expect.poll(() => target.requests('/watched')).toBeGreaterThan(2)
  target.set('/watched', 'ok')
  await expect.poll(() => lines.length).toBe(2)
  expect(lines).toMatchObject([
    { level: 'warn', text: 'canaries fail: failures of sites are not believed' },
    { level: 'info', text: 'canaries answer again' },
  ])
})

describe('a canary', () => {
  test.each([
    ['may be a page', 'https://example.test/health', null],
    ['may be a port', 'tcp://127.0.0.1:443', null],
    ['must be a URL', 'example.test', 'cannot be parsed'],
    ['must be of a kind that can be asked', 'ftp://example.test/', 'is not http, https or tcp'],
    ['must have a port where there is no usual one', 'tcp://example.test', 'needs a port'],
    ['must hold no password', 'https://u:secret@example.test/', 'must not hold credentials'],
  ])('%s', (_, url, problem) => {
    if (problem === null) expect(canaryProblem(url)).toBeNull()
    else expect(canaryProblem(url)).toContain(problem)
  })

  test('is asked as its kind is, once, and follows no redirect', async () => {
    const targets: unknown[] = []
    const scripted: Prober = {
      probe: async (asked) => {
        targets.push(asked)
        return { outcome: 'inconclusive', message: 'x' }
      },
    }
    const urls = ['tcp://127.0.0.1:5', 'HTTPS://Example.test']
    await new CanaryWatch({ urls, prober: scripted, log: keepLog().log, ...timing }).runOnce()
    expect(targets).toMatchObject([
      { kind: 'tcp', url: 'tcp://127.0.0.1:5', maxRedirects: 0, timeoutMs: 300 },
      { kind: 'http', url: 'https://example.test/', maxRedirects: 0, timeoutMs: 300 },
    ])
  })
})
