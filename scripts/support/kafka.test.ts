import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'
import { startKafka } from './kafka.ts'
import { serverProperties } from './kafka-config.ts'
import { findKafkaRuntime, parseJavaVersion } from './kafka-runtime.ts'

const runtime = await findKafkaRuntime()

test.runIf(runtime.available)(
  'a broker keeps its topic through a kill, on the same port',
  { timeout: 90_000 },
  async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'uptick-kafka-'))
    const kafka = await startKafka({ dir, topic: 'results' })
    if (!kafka.available) throw new Error(kafka.reason)
    try {
      await kafka.kill()
      await kafka.restart()
      expect(await partitionsOf(kafka.bootstrapServers, 'results')).toBe(6)
    } finally {
      await kafka.stop({ remove: true })
      await rm(dir, { recursive: true, force: true })
    }
  },
)

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "24" 2025-03-18', 24],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', null],
  ['', null],
])('%j says Java %s', (text, expected) => {
  expect(parseJavaVersion(text)).toBe(expected)
})

describe('without what a broker needs, the reason is one line and not a failure', () => {
  test.each([
    ['Java', { PATH: '/nowhere', JAVA_HOME: '' }, 'no Java 17 or newer (JAVA_HOME, PATH)'],
    ['Maven', { PATH: '/nowhere' }, "no Maven (mvn) to fetch Kafka's jars with"],
  ])('%s', async (what, change, reason) => {
    const cache = await mkdtemp(path.join(os.tmpdir(), 'uptick-cache-'))
    const before = { PATH: process.env.PATH, JAVA_HOME: process.env.JAVA_HOME }
    // Java is found by its home where the path leads nowhere.
    const home = runtime.available ? path.dirname(path.dirname(runtime.java)) : '/nowhere'
    Object.assign(process.env, { JAVA_HOME: home, ...change })
    try {
      const found = await findKafkaRuntime(cache)
      const expected =
        what === 'Maven' && !runtime.available ? 'no Java 17 or newer (JAVA_HOME, PATH)' : reason
      expect(found).toEqual({ available: false, reason: expected })
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await rm(cache, { recursive: true, force: true })
    }
  })
})

describe('the configuration', () => {
  const ports = { broker: 1, controller: 2, tls: 3 }

  test('listens on loopback only', () => {
    const lines = serverProperties('/data', ports, null).split('\n')
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2')
    expect(lines.filter((line) => line.includes('0.0.0.0'))).toEqual([])
  })

  test('with certificates adds a listener that asks for one', () => {
    const tls = { key: 'KEY\nTEXT\n', certificate: 'CERT', authority: 'CA' }
    const lines = serverProperties('/data', ports, tls).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'listeners=PLAINTEXT://127.0.0.1:1,SSL://127.0.0.1:3,CONTROLLER://127.0.0.1:2',
        'ssl.keystore.key=KEY\\nTEXT',
        'ssl.client.auth=required',
      ]),
    )
  })

  test('survives a backslash in the path of its data', () => {
    expect(serverProperties('/a\\b', ports, null)).toContain('log.dirs=/a\\\\b\n')
  })
})

async function partitionsOf(brokers: string, topic: string): Promise<number> {
  const settings = openBrokers([brokers], topic, 'test')
  const admin = await openKafkaAdmin(
    settings,
    openLog('test', 'silent'),
    AbortSignal.timeout(20_000),
  )
  try {
    return (await admin.lag('nobody')).length
  } finally {
    await admin.close()
  }
}
