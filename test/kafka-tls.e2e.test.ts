import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { openKafkaPublisher } from '#shared/runtime/kafka-publisher.ts'
import { subscribeToKafka } from '#shared/runtime/kafka-subscription.ts'
import { openLog } from '#shared/runtime/log.ts'
import { readSettings } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import { type RunningKafka, startKafka } from '../scripts/support/kafka.ts'
import { makeCertificates } from './support/certificates.ts'

const log = openLog('test', 'silent')

/** The settings as a process reads them, by the names that an operator sets. */
function kafkaSettings(env: Record<string, string>) {
  const { stream } = readSettings(env, [], (read) => ({ stream: readStreamSettings(read, 'test') }))
  if (stream.kind !== 'kafka') throw new Error('not kafka')
  return stream.kafka
}

describe.skipIf('missing' in inject('kafka'))('Kafka behind TLS, with client certificates', () => {
  let folder: string
  let kafka: RunningKafka
  let env: Record<string, string>

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-tls-'))
    await chmod(folder, 0o755)
    const { ca, valid } = await makeCertificates()
    const file = (name: string) => path.join(folder, name)
    await writeFile(file('ca.pem'), ca)
    await writeFile(file('cert.pem'), valid.cert)
    await writeFile(file('key.pem'), valid.key)
    const tls = { keyFile: file('key.pem'), certFile: file('cert.pem'), caFile: file('ca.pem') }
    const started = await startKafka({ dir: file('kafka'), tls })
    if (!started.available) throw new Error(started.reason)
    kafka = started
    env = {
      KAFKA_BOOTSTRAP_SERVERS: kafka.tlsBootstrapServers ?? '',
      KAFKA_SSL_CA_FILE: tls.caFile,
      KAFKA_SSL_CERT_FILE: tls.certFile,
      KAFKA_SSL_KEY_FILE: tls.keyFile,
    }
  }, 120_000)

  afterAll(async () => {
    await kafka.stop({ remove: true })
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  test('is reached with KAFKA_SSL_CA_FILE, KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE', async () => {
    const settings = kafkaSettings(env)
    const seen: unknown[] = []
    const running = new AbortController().signal
    const handle = async (records: readonly { value: Buffer | null }[]) => {
      seen.push(...records.map(({ value }) => value?.toString()))
    }
    const options = { group: 'tls', handle, onDead: () => undefined }
    const subscription = await subscribeToKafka(settings, options, log, running)
    const publisher = await openKafkaPublisher(settings, log, running)
    await publisher.publish([{ key: '1', value: 'over TLS' }])
    await vi.waitFor(() => expect(seen).toEqual(['over TLS']), { timeout: 15_000 })
    await publisher.close()
    await subscription.close()
  })

  test.each([
    ['without a client certificate', ['KAFKA_SSL_CA_FILE']],
    ['without its certificate authority', ['KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE']],
    ['without TLS', []],
  ])(
    'is not reached %s',
    async (_, names) => {
      const partial = Object.fromEntries(names.map((name) => [name, env[name] ?? '']))
      const servers = env.KAFKA_BOOTSTRAP_SERVERS ?? ''
      const settings = kafkaSettings({ ...partial, KAFKA_BOOTSTRAP_SERVERS: servers })
      const stop = new AbortController()
      const failures: unknown[] = []
      const listening = { ...log, warn: (fields: unknown) => void failures.push(fields) }
      const connecting = openKafkaPublisher(settings, listening, stop.signal)
      await vi.waitFor(() => expect(failures.length).toBeGreaterThan(0), { timeout: 60_000 })
      stop.abort()
      await expect(connecting).rejects.toThrow()
    },
    90_000,
  )
})
