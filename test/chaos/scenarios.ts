import { setTimeout as pause } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { readTopic } from '../support/invariants.ts'
import { CADENCE_MS, type Scenario, SITES, TIMEOUT_MS } from './run-scenario.ts'
import {
  cutFromBroker,
  endConnections,
  failAt,
  kill,
  mailServerAway,
  note,
  type Stage,
  suspend,
} from './stage.ts'

/** The scenarios that bring planted bugs out, and that do an Uptick without them no harm. */

const WORKERS = ['worker-1', 'worker-2'] as const
const FOREVER_MS = 600_000

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
/** They answer after a third of a second, so that there is always somebody in the middle of a look. */
async function slowDown({ stack }: Stage, sites: readonly number[]): Promise<void> {
  await stack.truth.order('slow', FOREVER_MS, sites)
  await pause(CADENCE_MS / 2)
}

export const scenarios = {
  processes_die: {
    story: 'schedulers and workers die or are asked to end at the worst of moments',
    async play(stage) {
      await slowDown(stage, range(13, SITES))
      await failAt(stage, 'scheduler-1', { step: 'scheduler.after_commit', does: 'kill' })
      await Promise.all(
        WORKERS.map((victim) => failAt(stage, victim, { step: 'worker.probing', does: 'term' })),
      )
      await Promise.all(
        WORKERS.map((victim) =>
          failAt(stage, victim, { step: 'worker.before_publish', does: 'kill', atHit: 2 }),
        ),
      )
      await pause(CADENCE_MS)
    },
  },
  broker_away: {
    story: 'workers cannot reach the broker, and one of them dies meanwhile',
    async play(stage) {
      await slowDown(stage, range(13, SITES))
      const cuts = WORKERS.map((victim) => cutFromBroker(stage, victim, 5_000))
      await pause(3_500)
      await Promise.all([kill(stage, 'worker-2'), ...cuts])
      await pause(2 * CADENCE_MS)
    },
  },
  workers_sleep: {
    story: 'workers are suspended in the middle of their looks, then beyond the next slot',
    async play(stage) {
      await slowDown(stage, range(1, SITES))
      await Promise.all(
        WORKERS.map((victim) =>
          failAt(stage, victim, {
            step: 'worker.probing',
            does: 'suspend',
            atHit: 3,
            forMs: TIMEOUT_MS + 500,
          }),
        ),
      )
      await pause(CADENCE_MS)
      await Promise.all(WORKERS.map((victim) => suspend(stage, victim, 2.5 * CADENCE_MS)))
      await pause(CADENCE_MS)
    },
  },
  stream_in_disorder: {
    story: 'records come late, twice and broken, and the consumer dies before it commits',
    async play(stage) {
      const { truth } = stage.stack
      await slowDown(stage, range(13, SITES))
      await truth.order('wrong_status', 3 * CADENCE_MS, range(1, 6))
      const stuttering = stutter(stage, range(19, 22))
      await failAt(stage, 'worker-1', {
        step: 'worker.before_publish',
        does: 'suspend',
        forMs: 2.5 * CADENCE_MS,
      })
      const dead = failAt(stage, 'consumer-1', { step: 'consumer.before_commit', does: 'kill' })
      await pause(CADENCE_MS)
      // Nobody reads them before the broker has given up the dead one, after its session timeout.
      await truth.order('wrong_status', CADENCE_MS, range(7, 12))
      await twice(stage)
      await Promise.all([dead, stuttering])
      await pause(CADENCE_MS)
    },
  },
  mail_in_trouble: {
    story:
      'the mail server is away over an outage, then breaks off; the database ends connections just as mails are taken',
    async play(stage) {
      const { truth, sink, mailMoments, processes } = stage.stack
      const consumer = processes.get('consumer-1')?.process
      if (consumer === undefined) throw new Error('no consumer')
      await truth.order('wrong_status', 2 * CADENCE_MS, range(1, 4))
      await mailServerAway(stage, 4.5 * CADENCE_MS)
      await pause(1.5 * CADENCE_MS)
      sink.answerNext('drop_after_data')
      await truth.order('wrong_status', 3 * CADENCE_MS, range(5, 12))
      for (let times = 0; times < 3; times++) {
        const outcome = await mailMoments.arm(consumer, {
          moment: 'mail_read',
          does: () => endConnections(stage, 'consumer'),
          forMs: 0,
          withinMs: 20_000,
        })
        if (outcome === 'not_reached') throw new Error('no mail came')
      }
      await pause(2 * CADENCE_MS)
    },
  },
} as const satisfies Record<string, Scenario>

/** Down, up for one slot, which ends nothing, and down again. */
async function stutter({ stack: { truth } }: Stage, sites: readonly number[]): Promise<void> {
  await truth.order('wrong_status', 2 * CADENCE_MS, sites)
  await pause(3 * CADENCE_MS)
  await truth.order('wrong_status', CADENCE_MS, sites)
}

/** All that waits for a consumer comes once more, and something that is no result. */
async function twice(stage: Stage): Promise<void> {
  const { brokers, topic } = stage.stack.servers
  const what = { name: 'duplicated and broken records', place: 'stream', victim: 'stream' } as const
  await note(stage, what, async () => {
    const known = new Set((await readTopic(brokers, topic)).map(({ place }) => place))
    await pause(2 * CADENCE_MS)
    const waiting = (await readTopic(brokers, topic)).filter(({ place }) => !known.has(place))
    const broken = { key: '1', value: Buffer.from('{"v":1,"site_id":') }
    const producer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    const messages = [...waiting.map(({ key, value }) => ({ key, value })), broken]
    await producer.send({ topic, acks: -1, messages })
    await producer.disconnect()
  })
}
