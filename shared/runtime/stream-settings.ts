import { certificateProblems } from './certificate-problems.ts'
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
      brokers: read.list('KAFKA_BOOTSTRAP_SERVERS', { problemOf: brokerProblem }),
      topic: read.text('KAFKA_STATUS_TOPIC', { default: 'statuses' }),
      tls: readTls(read),
      sasl: readSasl(read),
    },
  }
}

function brokerProblem(broker: string): string | null {
  const port = Number(/^[^\s/@:]+:(\d{1,5})$/.exec(broker)?.[1])
  return port >= 1 && port <= 65_535 ? null : 'must be host:port'
}

function readTls(read: SettingsReader): KafkaSettings['tls'] {
  const ca = read.optionalFile('KAFKA_SSL_CA_FILE')
  const [cert, key] = [
    read.optionalFile('KAFKA_SSL_CERT_FILE'),
    read.optionalFile('KAFKA_SSL_KEY_FILE'),
  ]
  // A file that cannot be read is told already: what it would have been cannot be judged.
  const isOneUnnamed =
    (read.optionalText('KAFKA_SSL_CERT_FILE') === null) !==
    (read.optionalText('KAFKA_SSL_KEY_FILE') === null)
  if (isOneUnnamed)
    read.problems.push('KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE go together: one is missing')
  const found = certificateProblems({ ca, cert, key })
  read.problems.push(...found.map(({ part, reason }) => `${settingOf[part]}: its file ${reason}`))
  return { ca, cert, key }
}

const settingOf = {
  ca: 'KAFKA_SSL_CA_FILE',
  cert: 'KAFKA_SSL_CERT_FILE',
  key: 'KAFKA_SSL_KEY_FILE',
} as const

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
