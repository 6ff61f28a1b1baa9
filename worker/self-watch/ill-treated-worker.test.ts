import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pass } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

/** Real processes, really stopped, blocked and starved: whatever they say of a good site must not be `down`. */

type Seen = { readonly result: string; readonly failure: string | null; readonly message: string }
type Worker = {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  readonly seen: readonly Seen[]
}

const script = path.join(import.meta.dirname, '../../test/support/watched-worker.ts')
const ANSWER_MS = 50
const TIMEOUT_MS = 1_000
/** The length of the fault itself: well past the deadline of whatever is under way. */
const FAULT_MS = 2_000

let server: Server
let url: string
let worker: Worker | null = null

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/failing' ? 503 : 200
    setTimeout(() => response.end('ok'), ANSWER_MS)
  })
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, resolve),
  )
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterEach(() => worker?.process.kill('SIGKILL'))
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A namespace of its own has no network, not even loopback; not every host allows one. */
const CUT_OFF = ['unshare', '-r', '-n']
const canCutOff = spawnSync('/bin/sh', ['-c', `${CUT_OFF.join(' ')} true`]).status === 0

function start(
  at: string,
  { atOnce = 20, descriptors = 1_024, within = [] as readonly string[] } = {},
): Worker {
  const words = [...within, process.execPath, script, `${url}${at}`, TIMEOUT_MS, atOnce]
  const command = words.join("' '")
  const child = spawn('/bin/sh', ['-c', `ulimit -n ${descriptors}; exec '${command}'`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const seen: Seen[] = []
  createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)))
  worker = { process: child, seen }
  return worker
}

/** Until so many more results have come. */
const more = ({ seen }: Worker, count = 100) => {
  const wanted = seen.length + count
  return expect.poll(() => seen.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(wanted)
}

async function end({ process: child, seen }: Worker): Promise<readonly Seen[]> {
  child.stdin.end()
  await once(child, 'close')
  return seen
}

const counted = (seen: readonly Seen[]) =>
  Object.fromEntries(
    [...Map.groupBy(seen, ({ result }) => result)].map(([result, list]) => [result, list.length]),
  )

const unsure = (seen: readonly Seen[]) => seen.filter(({ result }) => result === 'inconclusive')

describe('a good site is never called down by a worker', { timeout: 40_000 }, () => {
  test('that was suspended', async () => {
    const suspended = start('/ok')
    await more(suspended)
    suspended.process.kill('SIGSTOP')
    await pass(FAULT_MS)
    suspended.process.kill('SIGCONT')
    await more(suspended)
    const seen = await end(suspended)
    expect(counted(seen)).toEqual({ up: expect.any(Number), inconclusive: expect.any(Number) })
    for (const { message } of unsure(seen))
      expect(message).toMatch(/stood still for [12]\.\d s; seen:/)
  })

  test('whose event loop was blocked', async () => {
    const blocked = start('/ok')
    await more(blocked)
    blocked.process.stdin.write(`block ${FAULT_MS}\n`)
    await more(blocked)
    const seen = await end(blocked)
    expect(counted(seen)).toEqual({ up: expect.any(Number), inconclusive: expect.any(Number) })
    for (const { message } of unsure(seen))
      expect(message).toMatch(/stood still for [12]\.\d s; seen:/)
  })

  test.skipIf(!canCutOff)('that has no network (needs unshare)', async () => {
    const cutOff = start('/ok', { within: CUT_OFF })
    await more(cutOff)
    const seen = await end(cutOff)
    expect(counted(seen)).toEqual({ inconclusive: expect.any(Number) })
    for (const { message } of seen)
      expect(message).toBe(
        'this worker has no route to 127.0.0.1; seen: the network is unreachable',
      )
  })

  test('that has too few file descriptors', async () => {
    const poor = start('/ok', { atOnce: 200, descriptors: 100 })
    await more(poor, 1_000)
    const seen = await end(poor)
    expect(counted(seen)).toEqual({ up: expect.any(Number), inconclusive: expect.any(Number) })
    for (const { message } of unsure(seen)) expect(message).toContain('no file descriptor left')
  })
})

test('a bad site stays down for a worker that was suspended', { timeout: 40_000 }, async () => {
  const suspended = start('/failing')
  await more(suspended)
  suspended.process.kill('SIGSTOP')
  await pass(FAULT_MS)
  suspended.process.kill('SIGCONT')
  await more(suspended)
  const seen = await end(suspended)
  expect(counted(seen)).toEqual({ down: expect.any(Number), inconclusive: expect.any(Number) })
  expect(new Set(seen.map(({ failure }) => failure))).toEqual(new Set(['status', null]))
})
