import { type KafkaSettings, saslMechanisms } from './kafka-client.ts'
import type { SettingsReader } from './settings.ts'

/** Which stream carries the results, and how to reach it: the same for who writes and who reads. */
export type StreamSettings =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'kafka'; readonly kafka: KafkaSettings }

export function readStreamSettings(read: SettingsReader, clientId: string): StreamSettings {
  const kind = read.oneOf('RESULT_STREAM', ['kafka', 'postgres'], { default: 'kafka' })
  if (kind === 'postgres') return { kind }
  return {
    kind,
    kafka: {
      clientId,
      brokers: read.list('KAFKA_BOOTSTRAP_SERVERS'),
      topic: read.text('KAFKA_STATUS_TOPIC', { default: 'statuses' }),
      tls: {
        ca: read.optionalFile('KAFKA_SSL_CA_FILE'),
        cert: read.optionalFile('KAFKA_SSL_CERT_FILE'),
        key: read.optionalFile('KAFKA_SSL_KEY_FILE'),
      },
      sasl: readSasl(read),
    },
  }
}

function readSasl(read: SettingsReader): KafkaSettings['sasl'] {
  const username = read.optionalText('KAFKA_SASL_USERNAME')
  const password = read.optionalText('KAFKA_SASL_PASSWORD')
  const mechanism = read.oneOf('KAFKA_SASL_MECHANISM', saslMechanisms, { default: 'scram-sha-512' })
  if (username === null && password === null) return null
  if (username === null || password === null) {
    read.problems.push('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: one is missing')
  }
  return { mechanism, username: username ?? '', password: password ?? '' }
}
