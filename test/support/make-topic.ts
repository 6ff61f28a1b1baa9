import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'

/** A topic of results as the migration makes it, on a broker of the test run. */
export async function makeTopic(brokers: string, topic: string): Promise<void> {
  const settings = openBrokers([brokers], topic, 'test')
  const admin = await openKafkaAdmin(
    settings,
    openLog('test', 'silent'),
    new AbortController().signal,
  )
  await admin.prepareTopic('uptick-consumer')
  await admin.close()
}
