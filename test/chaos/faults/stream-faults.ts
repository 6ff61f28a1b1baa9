import { Kafka, logLevel, type Message } from 'kafkajs'
import { encodeResult } from '#shared/contracts/result-record.ts'
import { PARTITIONS } from '#shared/runtime/kafka-admin.ts'
import { Random } from '../../fuzz/random.ts'
import type { TopicRecord } from '../../support/invariants.ts'
import { resultAt } from '../../support/results.ts'
import { type Fault, INJECTED, type Injection, notInjected } from '../fault.ts'
import { newestRecords } from '../newest-records.ts'
import { poisonRecords } from '../poison-records.ts'
import type { ChaosStack } from '../start-stack.ts'

const POISON = 200
const DUPLICATES = 300
/** How many records of each partition are read again. */
const REWIND = 200
/** Of a broker that is busy or away no more is asked. */
const WITHIN_MS = 20_000

const common = {
  family: 'stream',
  place: 'stream',
  victims: ['stream'],
  lastsMs: [500, 500],
  restMs: 3_000,
} as const

/** What can come out of a topic besides what the workers put in, each once and in order. */
export const streamFaults: readonly Fault[] = [
  {
    ...common,
    name: 'poison records',
    weight: 2,
    inject: async (stack, { seed }) => {
      const good = await newest(stack, POISON)
      const bad = poisonRecords(new Random(seed, 0), POISON, encodeResult(resultAt(0, 'up')))
      const mixed = bad.flatMap((record, at) => [record, ...good.slice(at, at + 1).map(again)])
      await produce(stack, mixed)
      return INJECTED
    },
  },
  {
    ...common,
    name: 'duplicated records',
    weight: 3,
    inject: async (stack) => {
      const records = await newest(stack, DUPLICATES)
      if (records.length === 0) return notInjected('the topic is empty')
      await produce(stack, records.map(again))
      return INJECTED
    },
  },
  {
    ...common,
    name: 'rewound offsets',
    weight: 1.5,
    lastsMs: [3_000, 3_000],
    restMs: 15_000,
    inject: rewind,
  },
]

function open({ servers }: ChaosStack): Kafka {
  return new Kafka({ clientId: 'chaos', brokers: [servers.brokers], logLevel: logLevel.NOTHING })
}

async function produce(stack: ChaosStack, messages: readonly Message[]): Promise<void> {
  const producer = open(stack).producer()
  await producer.connect()
  await producer.send({ topic: stack.servers.topic, acks: -1, messages: [...messages] })
  await producer.disconnect()
}

function again({ key, value }: TopicRecord): Message {
  return { key, value }
}

async function newest(stack: ChaosStack, count: number): Promise<readonly TopicRecord[]> {
  const ofEachPartition = Math.ceil(count / PARTITIONS)
  return newestRecords(open(stack), stack.servers.topic, ofEachPartition, WITHIN_MS)
}

/** While nobody is in the group: the broker takes no offsets otherwise. */
async function rewind(stack: ChaosStack): Promise<Injection> {
  const consumers = [...stack.processes.values()].filter(({ service }) => service === 'consumer')
  await Promise.all(consumers.map(({ process }) => process.stop()))
  const admin = open(stack).admin({ retry: { retries: 8 } })
  try {
    await admin.connect()
    const { topic, group } = stack.servers
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const partitions = (committed?.partitions ?? []).map(({ partition, offset }) => ({
      partition,
      offset: String(Math.max(0, Number(offset) - REWIND)),
    }))
    await admin.setOffsets({ groupId: group, topic, partitions })
    return INJECTED
  } catch (error) {
    return notInjected(`the broker did not take the offsets: ${String(error)}`)
  } finally {
    await admin.disconnect()
    await Promise.all(consumers.map(({ process }) => process.start()))
  }
}
