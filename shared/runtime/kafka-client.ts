import { createRequire } from 'node:module'
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import { errorText, type Log } from './log.ts'
import { retry } from './retry.ts'

export type KafkaSettings = {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly clientId: string
  /** PEM texts; TLS is on when any is given. */
  readonly tls: {
    readonly ca: string | null
    readonly cert: string | null
    readonly key: string | null
  }
  readonly sasl: {
    readonly mechanism: SaslMechanism
    readonly username: string
    readonly password: string
  } | null
}

/** Brokers that ask for nothing: those that we start ourselves, on loopback. */
export function openBrokers(
  brokers: readonly string[],
  topic: string,
  clientId: string,
): KafkaSettings {
  return { brokers, topic, clientId, tls: { ca: null, cert: null, key: null }, sasl: null }
}

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = (typeof saslMechanisms)[number]

/** The pump tries again by itself and keeps its batch; long retries in here would only blind it. */
export const CLIENT_RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 }
const CONNECT_BACKOFF = { firstMs: 250, maxMs: 5_000 }

/** Tries until a broker answers or `stopping` is aborted. */
export async function untilConnected(
  connect: () => Promise<void>,
  log: Log,
  stopping: AbortSignal,
): Promise<void> {
  await retry(connect, {
    backoff: CONNECT_BACKOFF,
    signal: stopping,
    onFailure: (error, attempt, waitMs) =>
      log.warn({ error: errorText(error), attempt, wait_ms: waitMs }, 'kafka does not answer yet'),
  })
}

/** A client whose parts connect when told to. */
export function kafkaClient(settings: KafkaSettings, log: Log): Kafka {
  mendRequestTimer()
  const { ca, cert, key } = settings.tls
  const isTls = ca !== null || cert !== null || key !== null
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    // The default of one second is too short for a broker under load.
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: CLIENT_RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: entry, namespace }) => {
        log.debug({ namespace, kafka: entry.message, error: entry.error }, 'kafka client')
      },
    ...(isTls && { ssl: { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) } }),
    ...(settings.sasl && { sasl: saslOptions(settings.sasl) }),
  } satisfies KafkaConfig)
}

function saslOptions({
  mechanism,
  username,
  password,
}: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  if (mechanism === 'plain') return { mechanism, username, password }
  return mechanism === 'scram-sha-256'
    ? { mechanism, username, password }
    : { mechanism, username, password }
}

type RequestQueue = {
  pending: readonly unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

/**
 * kafkajs 2.2.4 arms this timer again and again with a negative delay: an idle client wakes a
 * thousand times a second and Node 24 warns (tulios/kafkajs#1704, #1751). Pushing and fulfilling a
 * request both ask for a check, so a queue without pending requests needs no timer at all.
 */
function mendRequestTimer(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue
  }
  prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return
    if (this.pending.length === 0) return
    const waitMs = Math.max(this.throttledUntil - Date.now(), 10)
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    }, waitMs)
  }
}
