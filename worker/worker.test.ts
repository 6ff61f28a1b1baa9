import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeCheckJob } from '#shared/contracts/check-job.ts'
import { CHECK_QUEUE, RECHECK_QUEUE } from '#shared/contracts/queues.ts'
import { type Check, defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { openLog } from '#shared/runtime/log.ts'
import { type Metrics, openMetrics } from '#shared/runtime/metrics.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import type { Service } from '#shared/runtime/service.ts'
import type { Publisher } from '#shared/runtime/stream.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { countChecks } from './count-checks.ts'
import { JobFeed } from './job-feed.ts'
import { QueueClock } from './queue-clock.ts'
import { openWorker, type WorkerOptions } from './worker.ts'

let database: TestDatabase
let queue: JobQueue
const log = openLog('test', 'silent')
beforeAll(async () => {
  database = await openTestDatabase()
  queue = await database.openQueue()
})
afterAll(async () => {
  await queue.close()
  await database.close()
})
beforeEach(() => sql`delete from pgboss.job`.execute(database.db))

function checkOf(siteId: number, slotMs = Date.now()): Check {
  return {
    siteId,
    slotMs,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: { ...defaultTarget, url: 'http://127.0.0.1:9/', timeoutMs: 1_000 },
    expectation: defaultExpectation,
  }
}

function resultOf({ siteId, slotMs, occasion }: Check): CheckResult {
  const nothing = {
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    ttfbMs: null,
    hops: [],
    remoteAddress: null,
    httpVersion: null,
    responseBytes: null,
    extractedValue: null,
    slaMet: null,
    certExpiresAtMs: null,
    certificate: null,
    excerpt: null,
  }
  return {
    siteId,
    slotMs,
    occasion,
    checkedAtMs: slotMs,
    result: 'up',
    failure: null,
    message: null,
    statusCode: 200,
    latencyMs: 1,
    worker: 'test',
    ...nothing,
  }
}

const enqueue = (checks: readonly Check[], name: string = CHECK_QUEUE) =>
  queue.insert(
    name,
    checks.map((check) => ({ id: randomUUID(), data: encodeCheckJob(check) })),
  )

/** Done jobs leave the table. */
const NONE_LEFT = {}

const jobStates = async () => {
  const { rows } = await sql<{
    state: string
    count: number
  }>`select state, count(*) as count from pgboss.job where name in ('check', 'recheck') group by 1`.execute(
    database.db,
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}

/** One that a failed test leaves behind would take the jobs of the next. */
const started: Service[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.stop()))
})

function start({
  publish,
  perform,
  name = 'test',
  concurrency = 50,
  queue: given = queue,
  clock = { nowMs: () => Date.now(), doubt: () => null },
}: {
  publish?: Publisher['publish']
  perform?: (check: Check) => Promise<CheckResult>
  name?: string
  concurrency?: number
  queue?: JobQueue
  clock?: WorkerOptions['clock']
} = {}) {
  const published: string[] = []
  const metrics = openMetrics({ service: 'worker', version: '1' })
  const worker = openWorker({
    queue: given,
    publisher: {
      publish:
        publish ?? (async (records) => void published.push(...records.map(({ key }) => key))),
      close: async () => undefined,
    },
    perform: perform ?? (async (check) => resultOf(check)),
    clock,
    name,
    concurrency,
    watcher: countChecks(metrics),
    log,
  })
  started.push(worker)
  return { worker, published, metrics }
}

describe('a worker', () => {
  test('publishes each result under its site and completes the job', async () => {
    await enqueue([checkOf(1), checkOf(2), checkOf(3)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await worker.stop()
    expect(published.sort()).toEqual(['1', '2', '3'])
  })

  test('completes no job before its result is acknowledged', async () => {
    await enqueue([checkOf(1)])
    const gate = Promise.withResolvers<void>()
    const { worker } = start({ publish: () => gate.promise })
    await worker.start()
    await vi.waitFor(() => expect(worker.state.unsettled).toBe(1))
    expect(await jobStates()).toEqual({ active: 1 })
    gate.resolve()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await worker.stop()
  })

  test('publishes again after a failure of the stream, and then completes', async () => {
    await enqueue([checkOf(1)])
    let tries = 0
    const { worker } = start({
      publish: async () => {
        if (++tries < 3) throw new Error('away')
      },
    })
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), {
      timeout: 5_000,
    })
    await worker.stop()
    expect(tries).toBe(3)
  })

  test('does not probe a check that is older than its cadence, nor publish it', async () => {
    await enqueue([checkOf(1, Date.now() - 61_000), checkOf(2, Date.now() - 59_000)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await worker.stop()
    expect(published).toEqual(['2'])
  })

  for (const aheadMs of [3_600_000, -3_600_000]) {
    test(`whose own clock is ${aheadMs} ms ahead goes by the queue's`, async () => {
      await enqueue([checkOf(1, Date.now() - 61_000), checkOf(2, Date.now() - 50_000)])
      const wallMs = () => Date.now() + aheadMs
      const clocks = { wallMs, monotonicMs: () => performance.now() }
      const clock = new QueueClock({ ask: queue.nowMs, clocks, log })
      await clock.runOnce()
      const { worker, published } = start({ clock })
      await worker.start()
      await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
      await worker.stop()
      expect(published).toEqual(['2'])
    })
  }

  test("fetches nothing before it knows the queue's clock", async () => {
    await enqueue([checkOf(1)])
    const clock = new QueueClock({ ask: queue.nowMs, log })
    const { worker, published, metrics } = start({ clock })
    await worker.start()
    await vi.waitFor(async () => expect(await metrics.render()).toMatch(/what="fetch"} 1\b/))
    expect(await jobStates()).toEqual({ created: 1 })
    await clock.runOnce()
    await vi.waitFor(() => expect(published).toEqual(['1']), { timeout: 5_000 })
  })

  test('drops a job that it cannot read, and goes on', async () => {
    await queue.insert(CHECK_QUEUE, [{ id: randomUUID(), data: { v: 99 } }])
    await enqueue([checkOf(1)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await worker.stop()
    expect(published).toEqual(['1'])
  })

  test('told to stop, settles what it has begun', async () => {
    await enqueue([checkOf(1)])
    const gate = Promise.withResolvers<void>()
    const { worker, published } = start({
      perform: (check) => gate.promise.then(() => resultOf(check)),
    })
    await worker.start()
    await vi.waitFor(() => expect(worker.state.inFlight).toBe(1))
    const stopped = worker.stop()
    gate.resolve()
    await stopped
    expect({ published, states: await jobStates() }).toEqual({
      published: ['1'],
      states: NONE_LEFT,
    })
  })

  test('is not held up by sites that hang', async () => {
    await enqueue(Array.from({ length: 400 }, (_, index) => checkOf(index + 1)))
    const hang = Promise.withResolvers<CheckResult>()
    const { worker, published } = start({
      perform: (check) =>
        check.siteId % 10 === 0 ? hang.promise : Promise.resolve(resultOf(check)),
    })
    await worker.start()
    await vi.waitFor(() => expect(published).toHaveLength(360), { timeout: 10_000 })
    expect(worker.state.inFlight).toBe(40)
    hang.resolve(resultOf(checkOf(10)))
    await worker.stop()
  })
})

/** What has been counted at all, without what is still 0 and what depends on time. */
async function counted({ metrics }: { metrics: Metrics }): Promise<string[]> {
  const lines = (await metrics.render()).split('\n')
  return lines.filter((line) => /^uptick_.*_(total|count)\b/.test(line) && !/ 0$/.test(line)).sort()
}

describe('a worker counts', () => {
  test('each check once, by what came of it', async () => {
    await enqueue([1, 2, 3, 4].map((site) => checkOf(site)))
    await enqueue([checkOf(5, Date.now() - 61_000)])
    await queue.insert(CHECK_QUEUE, [{ id: randomUUID(), data: { v: 99 } }])
    const started = start({
      perform: async (check) => {
        const result = resultOf(check)
        if (check.siteId === 1) return { ...result, result: 'down', failure: 'timeout' }
        return check.siteId === 2 ? { ...result, result: 'inconclusive' } : result
      },
    })
    await started.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await started.worker.stop()
    expect(await counted(started)).toEqual(
      expect.arrayContaining([
        'uptick_slot_lateness_seconds_count 4',
        'uptick_worker_checks_total{result="down",failure="timeout"} 1',
        'uptick_worker_checks_total{result="inconclusive",failure=""} 1',
        'uptick_worker_checks_total{result="up",failure=""} 2',
        'uptick_worker_jobs_missed_total 1',
        'uptick_worker_jobs_unreadable_total 1',
      ]),
    )
  })

  test('once what the stream took at the third try, and the tries as trouble of its own', async () => {
    await enqueue([checkOf(1)])
    let tries = 0
    const started = start({
      publish: async () => {
        if (++tries < 3) throw new Error('away')
      },
    })
    await started.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), {
      timeout: 5_000,
    })
    await started.worker.stop()
    expect(await counted(started)).toEqual([
      'uptick_slot_lateness_seconds_count 1',
      'uptick_worker_checks_total{result="up",failure=""} 1',
      'uptick_worker_publish_seconds_count 1',
      'uptick_worker_trouble_total{what="settle"} 2',
    ])
  })

  test('no lateness for a check outside of its slots', async () => {
    await enqueue([{ ...checkOf(1), occasion: 'request' }])
    const started = start()
    await started.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT))
    await started.worker.stop()
    expect(await counted(started)).not.toContain('uptick_slot_lateness_seconds_count 1')
  })
})

describe('a re-check', () => {
  const recheckOf = (siteId: number, avoidWorker: string, slotMs = Date.now()): Check => ({
    ...checkOf(siteId, slotMs),
    occasion: 'recheck',
    avoidWorker,
  })
  const enqueueRechecks = (checks: readonly Check[]) => enqueue(checks, RECHECK_QUEUE)
  const sites = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at)
  const patient = { timeout: 10_000 }

  test('of what one worker saw is made by the other', async () => {
    await enqueueRechecks([recheckOf(1, 'a'), recheckOf(2, 'b'), recheckOf(3, 'a')])
    const [a, b] = [start({ name: 'a' }), start({ name: 'b' })]
    await Promise.all([a.worker.start(), b.worker.start()])
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await Promise.all([a.worker.stop(), b.worker.stop()])
    expect([a.published, b.published.sort()]).toEqual([['2'], ['1', '3']])
  })

  test('is made by the worker that saw it when there is no other', async () => {
    await enqueueRechecks([recheckOf(1, 'a')])
    await enqueue([checkOf(2)])
    const { worker, published } = start({ name: 'a' })
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await worker.stop()
    expect(published.sort()).toEqual(['1', '2'])
  })

  test('of each of 500 sites that one worker saw goes to the other', async () => {
    await enqueueRechecks(sites(1, 500).map((site) => recheckOf(site, 'a')))
    const [a, b] = [start({ name: 'a' }), start({ name: 'b', concurrency: 500 })]
    await a.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toMatchObject({ retry: 50 }), patient)
    await b.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await Promise.all([a.worker.stop(), b.worker.stop()])
    expect([a.published.length, b.published.length]).toEqual([0, 500])
  })

  test('is not lost with a worker that is told to stop while it passes it on', async () => {
    await enqueueRechecks(sites(1, 40).map((site) => recheckOf(site, 'a')))
    const passing = Promise.withResolvers<void>()
    const a = start({
      name: 'a',
      queue: {
        ...queue,
        release: (...given) => {
          passing.resolve()
          return queue.release(...given)
        },
      },
    })
    await a.worker.start()
    await passing.promise
    await a.worker.stop()
    expect(await jobStates()).toEqual({ retry: 40 })
    const b = start({ name: 'b' })
    await b.worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await b.worker.stop()
    expect(b.published).toHaveLength(40)
  })

  test('that cannot be passed on is made here', async () => {
    await enqueueRechecks([recheckOf(1, 'a')])
    const { worker, published } = start({
      name: 'a',
      queue: { ...queue, release: () => Promise.reject(new Error('away')) },
    })
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await worker.stop()
    expect(published).toEqual(['1'])
  })

  test('is worked on although the queue is gone when checks are asked for', async () => {
    await enqueueRechecks([recheckOf(1, 'b')])
    const { worker, published } = start({
      name: 'a',
      queue: {
        ...queue,
        fetch: async (name, limit) => {
          if (name === CHECK_QUEUE) throw new Error('away')
          return queue.fetch(name, limit)
        },
      },
    })
    await worker.start()
    await vi.waitFor(() => expect(published).toEqual(['1']), patient)
    await worker.stop()
  })

  test('older than its cadence is missed like any other check', async () => {
    await enqueueRechecks([recheckOf(1, 'b', Date.now() - 61_000)])
    const { worker, published } = start({ name: 'a' })
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual(NONE_LEFT), patient)
    await worker.stop()
    expect(published).toEqual([])
  })

  test('is looked for by an idle worker twice a second at the most', async () => {
    const asked: string[] = []
    let nowMs = 0
    const feed = new JobFeed({
      queue: {
        ...queue,
        async fetch(name) {
          asked.push(name)
          return []
        },
      },
      worker: 'a',
      log,
      monotonicMs: () => nowMs,
    })
    for (; nowMs < 1_000; nowMs += 100) await feed.fetch(10)
    expect(asked.filter((name) => name === RECHECK_QUEUE)).toHaveLength(2)
    expect(asked.filter((name) => name === CHECK_QUEUE)).toHaveLength(10)
  })
})
