import { setTimeout as pause } from 'node:timers/promises'
import type { CutLink } from './cut-link.ts'
import type { Scenario } from './run-scenario.ts'
import {
  failAt,
  fault,
  kill,
  type ProducedRecord,
  type Stage,
  serviceOf,
  suspend,
} from './stage.ts'

/** The scenarios that bring planted bugs out, and that do an Uptick without them no harm. */

const processes = [
  ['scheduler', 'scheduler-1'],
  ['worker', 'worker-1'],
  ['worker', 'worker-2'],
  ['consumer', 'consumer-1'],
] as const
const SITES = 24
const small = { processes, sites: SITES } as const
const WORKERS = ['worker-1', 'worker-2'] as const
const CADENCE_MS = 2_000
const TIMEOUT_MS = 1_000
const FOREVER_MS = 600_000
/** After which every site has been looked at, and is up. */
const FIRST_LOOK_MS = 1.5 * CADENCE_MS

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
/** They answer after a third of a second, so that there is always somebody in the middle of a look. */
const slowSites = range(13, SITES)

async function open({ truth }: Stage): Promise<void> {
  await truth.order('slow', FOREVER_MS, slowSites)
  await pause(FIRST_LOOK_MS)
}

export const scenarios = {
  processes_die: {
    name: 'schedulers and workers die or are asked to end at the worst of moments',
    ...small,
    async play(stage) {
      await open(stage)
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
    name: 'workers cannot reach the broker, and one of them dies meanwhile',
    ...small,
    async play(stage) {
      await open(stage)
      const cuts = WORKERS.map((victim) => cutFromBroker(stage, victim, 5_000))
      await pause(3_500)
      await Promise.all([kill(stage, 'worker-2'), ...cuts])
      await pause(2 * CADENCE_MS)
    },
  },
  workers_sleep: {
    name: 'workers are suspended in the middle of their looks, then beyond the next slot',
    ...small,
    async play(stage) {
      await stage.truth.order('slow', FOREVER_MS, 'all')
      await pause(FIRST_LOOK_MS)
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
      await suspend(stage, WORKERS, 2.5 * CADENCE_MS)
      await pause(CADENCE_MS)
    },
  },
  stream_in_disorder: {
    name: 'records come late, twice and broken, and the consumer dies before it commits',
    ...small,
    async play(stage) {
      const { truth } = stage
      await open(stage)
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
    name: 'the mail server is away over an outage, breaks off a mail, and the consumer stumbles',
    ...small,
    async play(stage) {
      const { truth, sink } = stage
      await open(stage)
      await mailServerAway(stage, async () => {
        await truth.order('wrong_status', 2 * CADENCE_MS, range(1, 4))
        await pause(4.5 * CADENCE_MS)
      })
      await pause(1.5 * CADENCE_MS)
      sink.answerNext('drop_after_data')
      let breaks = 3
      stage.onMail(async () => {
        if (breaks-- <= 0) return
        const what = {
          name: 'connections broken',
          place: 'postgres',
          victim: 'consumer-1',
        } as const
        await fault(stage, what, () => stage.breakConnections('consumer'))
      })
      await truth.order('wrong_status', 1.5 * CADENCE_MS, range(5, 12))
      await pause(4 * CADENCE_MS)
    },
  },
} as const satisfies Record<string, Scenario>

async function cutFromBroker(stage: Stage, victim: string, forMs: number): Promise<void> {
  const order: CutLink = { cutLink: { port: stage.brokerPort, forMs } }
  await fault(stage, { name: 'kafka link cut', place: 'worker', victim }, async () => {
    serviceOf(stage, victim).send(order)
    await pause(forMs)
  })
}

/** Down, up for one slot, which ends nothing, and down again. */
async function stutter({ truth }: Stage, sites: readonly number[]): Promise<void> {
  await truth.order('wrong_status', 2 * CADENCE_MS, sites)
  await pause(3 * CADENCE_MS)
  await truth.order('wrong_status', CADENCE_MS, sites)
}

/** All that waits for a consumer comes once more, and something that is no result. */
async function twice(stage: Stage): Promise<void> {
  await fault(
    stage,
    { name: 'duplicated and broken records', place: 'stream', victim: 'topic' },
    async () => {
      const read = await stage.readTopic()
      await pause(2 * CADENCE_MS)
      const known = new Set(read.map(({ place }) => place))
      const records = (await stage.readTopic()).filter(({ place }) => !known.has(place))
      const broken: ProducedRecord = { key: '1', value: Buffer.from('{"v":1,"site_id":') }
      await stage.produce([...records.map(({ key, value }) => ({ key, value })), broken])
    },
  )
}

async function mailServerAway(stage: Stage, meanwhile: () => Promise<void>): Promise<void> {
  await fault(stage, { name: 'away', place: 'smtp', victim: 'mail server' }, async () => {
    await stage.sink.goAway()
    await meanwhile()
    await stage.sink.comeBack()
  })
}
