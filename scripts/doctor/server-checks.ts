import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import type { KafkaSettings } from '#shared/runtime/kafka-client.ts'
import { errorText, openLog } from '#shared/runtime/log.ts'
import { askMailServer } from '../../consumer/notify/mailer.ts'
import type { SmtpServer } from '../../consumer/notify/settings.ts'
import { type Finding, fail, ok } from './finding.ts'
import { judgeLag } from './judge-facts.ts'

/** Shorter than the deadline of a check, so that the server's own words are told. */
const PATIENCE_MS = 4_000
const patience = {
  connectMs: PATIENCE_MS,
  greetingMs: PATIENCE_MS,
  silenceMs: PATIENCE_MS,
  sendMs: PATIENCE_MS,
}

/** Whether Kafka answers, has the topic, and how many results wait in it. */
export async function lookAtKafka(kafka: KafkaSettings, group: string): Promise<Finding> {
  const where = kafka.brokers.join(', ')
  const log = openLog('doctor', 'silent')
  try {
    const admin = await openKafkaAdmin(kafka, log, AbortSignal.timeout(PATIENCE_MS))
    try {
      if (!(await admin.hasTopic())) {
        return fail(`Kafka at ${where} has no topic ${kafka.topic}`, 'uptick migrate')
      }
      const lag = await admin.lag(group)
      return judgeLag(lag.reduce((sum, partition) => sum + partition.lag, 0))
    } finally {
      await admin.close()
    }
  } catch (error) {
    return fail(
      `Kafka does not answer at ${where}: ${errorText(error)}`,
      'make start, or see KAFKA_BOOTSTRAP_SERVERS',
    )
  }
}

/** Whether the mail server answers and takes our login; nothing is sent. */
export async function lookAtMail(server: SmtpServer): Promise<Finding> {
  const where = `${server.host}:${server.port}`
  const answer = await askMailServer(server, patience)
  if (answer.outcome === 'answers') return ok(`the mail server answers at ${where}`)
  return fail(`${where}: ${answer.reason}`, 'see SMTP_URL, and whether the mail server runs')
}

/** Whether the web service answers anything but its own failure. */
export async function lookAtWeb(url: string): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    await response.body?.cancel()
    if (response.status < 500) return ok(`answers at ${url}`)
    return fail(`${url} answers ${response.status}`, 'make logs')
  } catch (error) {
    // Of its own, fetch says no more than that it has failed.
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return fail(`${url}: ${errorText(reason)}`, 'make start, make logs')
  }
}
