import { randomUUID } from 'node:crypto'
import { errorText, type Log } from './log.ts'
import { Pump } from './pump.ts'
import type { FetchedJob, JobQueue } from './queue.ts'
import type {
  BatchHandler,
  Publisher,
  ReceivedRecord,
  StreamRecord,
  Subscription,
} from './stream.ts'

/** The result stream on the job queue: for one small machine, without Kafka. One job holds one batch. */
export function queuePublisher(queue: JobQueue, name: string): Publisher {
  return {
    async publish(records) {
      if (records.length > 0) await queue.insert(name, [{ id: randomUUID(), data: { records } }])
    },
    async close() {},
  }
}

const MAX_BATCHES = 8
const DRAIN_MS = 15_000

export async function subscribeToQueue(
  queue: JobQueue,
  name: string,
  handle: BatchHandler,
  log: Log,
): Promise<Subscription> {
  const pump = new Pump<FetchedJob, FetchedJob>({
    name: `${name} subscription`,
    fetch: (limit) => queue.fetch(name, limit),
    work: async (job) => job,
    settle: async (jobs) => {
      await handle(
        jobs.flatMap((job) => recordsOf(job, name)),
        async () => undefined,
      )
      await queue.complete(name, jobs)
    },
    release: (jobs) => queue.release(name, jobs, 'the consumer stopped'),
    onTrouble: (what, error) => log.warn({ what, error: errorText(error) }, 'result queue trouble'),
    maxInFlight: MAX_BATCHES,
    maxUnsettled: MAX_BATCHES,
    maxFetch: MAX_BATCHES,
    maxSettle: MAX_BATCHES,
    lingerMs: 20,
    idleMs: 250,
    drainMs: DRAIN_MS,
  })
  await pump.start()
  return { close: () => pump.stop(), partitions: () => [] }
}

function recordsOf(job: FetchedJob, topic: string): ReceivedRecord[] {
  const { data } = job
  if (
    typeof data !== 'object' ||
    data === null ||
    !('records' in data) ||
    !Array.isArray(data.records)
  ) {
    return [
      {
        topic,
        partition: null,
        offset: null,
        key: null,
        value: Buffer.from(JSON.stringify(data) ?? ''),
      },
    ]
  }
  const records: readonly Partial<StreamRecord>[] = data.records
  return records.map(({ key, value }) => ({
    topic,
    partition: null,
    offset: null,
    key: typeof key === 'string' ? key : null,
    value: typeof value === 'string' ? Buffer.from(value) : null,
  }))
}
