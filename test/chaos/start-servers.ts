import { randomUUID } from 'node:crypto'
import { cp } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from '../../scripts/support/free-port.ts'
import { type RunningKafka, startKafka } from '../../scripts/support/kafka.ts'
import { type RunningPostgres, startPostgres } from '../../scripts/support/postgres.ts'
import { type Link, openLink } from '../support/link.ts'
import { makeTopic } from '../support/make-topic.ts'
import { onServer } from '../support/on-server.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** The servers that the processes lean on: of the run's own, to be killed and filled, or shared with others. */
export type ChaosServers = {
  /** The owner of a database of this run alone. */
  readonly databaseUrl: string
  readonly postgres: RunningPostgres | null
  readonly disk: SmallDisk | { readonly missing: string }
  /** As whoever is not part of the run reaches them. */
  readonly brokers: string
  readonly kafka: RunningKafka | null
  /** Between the broker and the workers, the consumers; none of a shared broker. */
  readonly kafkaLinks: { readonly workers: Link; readonly consumers: Link } | null
  /** What the processes are told, by service. */
  readonly brokersOf: { readonly workers: string; readonly consumers: string }
  readonly topic: string
  readonly group: string
}

/** Servers of a test run that other tests use as well: what is done to a server cannot be done then. */
export type SharedServers = { readonly superuserUrl: string; readonly brokers: string }

/** Room for the data of an hour, and little enough to be filled within a second. */
const DISK_MEBIBYTES = 768
/** What is kept of the log must leave room for data. */
const SMALL_DISK = { max_wal_size: '160MB', min_wal_size: '48MB', wal_recycle: 'off' }

export async function startServers(
  folder: string,
  shared: SharedServers | null,
  cleanup: AsyncDisposableStack,
): Promise<ChaosServers> {
  if (shared !== null) return borrowServers(shared, cleanup)
  const [data, stream] = await Promise.all([
    startOwnPostgres(folder, cleanup),
    startOwnKafka(folder, cleanup),
  ])
  return { ...data, ...stream }
}

async function startOwnPostgres(folder: string, cleanup: AsyncDisposableStack) {
  const place = path.join(folder, 'postgres')
  const disk = await mountSmallDisk(place, DISK_MEBIBYTES)
  if ('unmount' in disk) cleanup.defer(() => disk.unmount())
  const dataDir = path.join(place, 'data')
  const postgres = await startPostgres({ dataDir, durable: true, settings: SMALL_DISK })
  cleanup.defer(async () => {
    await postgres.stop()
    await cp(`${dataDir}.log`, path.join(folder, 'logs', 'postgres.log')).catch(() => undefined)
  })
  return { databaseUrl: postgres.url, postgres, disk }
}

async function startOwnKafka(folder: string, cleanup: AsyncDisposableStack) {
  const doorPorts = { workers: await freePort(), consumers: await freePort() }
  const workers = await openLink(doorPorts.workers)
  cleanup.defer(() => workers.close())
  const consumers = await openLink(doorPorts.consumers)
  cleanup.defer(() => consumers.close())
  const doors = {
    workers: { port: doorPorts.workers, advertisedPort: workers.port },
    consumers: { port: doorPorts.consumers, advertisedPort: consumers.port },
  }
  const ports = { broker: await freePort(), controller: await freePort(), doors }
  const kafka = await startKafka({ dir: path.join(folder, 'kafka'), ports })
  if (!kafka.available) throw new Error(kafka.reason)
  cleanup.defer(async () => {
    process.kill(kafka.pid(), 'SIGCONT')
    await kafka.stop()
  })
  return {
    kafka,
    brokers: kafka.bootstrapServers,
    kafkaLinks: { workers, consumers },
    brokersOf: {
      workers: `127.0.0.1:${workers.port}`,
      consumers: `127.0.0.1:${consumers.port}`,
    },
    topic: 'statuses',
    group: 'uptick-consumer',
  }
}

async function borrowServers(
  { superuserUrl, brokers }: SharedServers,
  cleanup: AsyncDisposableStack,
): Promise<ChaosServers> {
  const id = randomUUID()
  const [database, topic, group] = [
    `chaos_${id.replaceAll('-', '')}`,
    `statuses-${id}`,
    `consumers-${id}`,
  ]
  await onServer(superuserUrl, `create database ${database}`)
  cleanup.defer(() => onServer(superuserUrl, `drop database ${database} with (force)`))
  await makeTopic(brokers, topic, group)
  return {
    databaseUrl: Object.assign(new URL(superuserUrl), { pathname: `/${database}` }).href,
    postgres: null,
    disk: { missing: 'the server is shared' },
    brokers,
    kafka: null,
    kafkaLinks: null,
    brokersOf: { workers: brokers, consumers: brokers },
    topic,
    group,
  }
}
