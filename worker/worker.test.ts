import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeCheckJob } from '#shared/contracts/check-job.ts'
import { CHECK_QUEUE } from '#shared/contracts/queues.ts'
import { type Check, defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { openLog } from '#shared/runtime/log.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import type { Publisher } from '#shared/runtime/stream.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { openWorker } from './worker.ts'

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

const enqueue = (checks: readonly Check[]) =>
  queue.insert(
    CHECK_QUEUE,
    checks.map((check) => ({ id: randomUUID(), data: encodeCheckJob(check) })),
  )

const jobStates = async () => {
  const { rows } = await sql<{
    state: string
    count: number
  }>`select state, count(*) as count from pgboss.job where name = 'check' group by 1`.execute(
    database.db,
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}

function start({
  publish,
  perform,
}: {
  publish?: Publisher['publish']
  perform?: (check: Check) => Promise<CheckResult>
} = {}) {
  const published: string[] = []
  const worker = openWorker({
    queue,
    publisher: {
      publish:
        publish ?? (async (records) => void published.push(...records.map(({ key }) => key))),
      close: async () => undefined,
    },
    perform: perform ?? (async (check) => resultOf(check)),
    nowMs: () => Date.now(),
    concurrency: 50,
    log,
  })
  return { worker, published }
}

describe('a worker', () => {
  test('publishes each result under its site and completes the job', async () => {
    await enqueue([checkOf(1), checkOf(2), checkOf(3)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual({ completed: 3 }))
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
    await vi.waitFor(async () => expect(await jobStates()).toEqual({ completed: 1 }))
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
    await vi.waitFor(async () => expect(await jobStates()).toEqual({ completed: 1 }), {
      timeout: 5_000,
    })
    await worker.stop()
    expect(tries).toBe(3)
  })

  test('does not probe a check that is older than its cadence, nor publish it', async () => {
    await enqueue([checkOf(1, Date.now() - 61_000), checkOf(2, Date.now() - 59_000)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual({ completed: 2 }))
    await worker.stop()
    expect(published).toEqual(['2'])
  })

  test('drops a job that it cannot read, and goes on', async () => {
    await queue.insert(CHECK_QUEUE, [{ id: randomUUID(), data: { v: 99 } }])
    await enqueue([checkOf(1)])
    const { worker, published } = start()
    await worker.start()
    await vi.waitFor(async () => expect(await jobStates()).toEqual({ completed: 2 }))
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
      states: { completed: 1 },
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
    await vi.waitFor(() => expect(published).toHaveLength(360))
    expect(worker.state.inFlight).toBe(40)
    hang.resolve(resultOf(checkOf(10)))
    await worker.stop()
  })
})
