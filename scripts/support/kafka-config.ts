export type KafkaPorts = {
  readonly broker: number
  readonly controller: number
  readonly tls?: number
  /** More listeners in the clear, by name. */
  readonly doors?: Readonly<Record<string, KafkaDoor>>
}

/** A listener whose clients are sent elsewhere for all that follows: to a proxy in front of it. */
export type KafkaDoor = { readonly port: number; readonly advertisedPort: number }

/** Certificates as PEM texts; the key as PKCS #8, the only form the broker reads. */
export type KafkaTls = {
  readonly key: string
  readonly certificate: string
  readonly authority: string
}

/** `server.properties` of one broker that is its own controller, on loopback only. */
export function serverProperties(dataDir: string, ports: KafkaPorts, tls: KafkaTls | null): string {
  const plain = `PLAINTEXT://127.0.0.1:${ports.broker}`
  const clients = tls === null ? [plain] : [plain, `SSL://127.0.0.1:${ports.tls}`]
  const doors = Object.entries(ports.doors ?? {}).map(([name, door]) => ({
    protocol: `${name.toUpperCase()}:PLAINTEXT`,
    listener: `${name.toUpperCase()}://127.0.0.1:${door.port}`,
    advertised: `${name.toUpperCase()}://127.0.0.1:${door.advertisedPort}`,
  }))
  const properties: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [
      ...clients,
      ...doors.map(({ listener }) => listener),
      `CONTROLLER://127.0.0.1:${ports.controller}`,
    ].join(','),
    'advertised.listeners': [...clients, ...doors.map(({ advertised }) => advertised)].join(','),
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT',
      'SSL:SSL',
      'CONTROLLER:PLAINTEXT',
      ...doors.map(({ protocol }) => protocol),
    ].join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': 'false',
    'num.partitions': 6,
    ...oneBroker,
    ...limits,
    ...(tls === null ? {} : tlsProperties(tls)),
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join('')
}

/** What a single broker must be told, because the defaults are for three. */
const oneBroker = {
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
  // A broker that was killed waits for its own former self to be declared dead: 9 s by default.
  'broker.session.timeout.ms': 4_000,
  'broker.heartbeat.interval.ms': 1_000,
}

const limits = {
  // A day of results can be read again; of a very large fleet less, so that 6 GiB are enough.
  'log.retention.hours': 24,
  'log.retention.bytes': 1024 ** 3,
  'log.segment.bytes': 64 * 1024 ** 2,
  // Its default is a third of our heap.
  'log.cleaner.dedupe.buffer.size': 1_048_577,
  'num.network.threads': 2,
  'num.io.threads': 2,
}

function tlsProperties(tls: KafkaTls): Record<string, string> {
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.key': tls.key,
    'ssl.keystore.certificate.chain': tls.certificate,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': tls.authority,
    'ssl.client.auth': 'required',
  }
}

/** Java's form of a properties file: a backslash and a line break would end or bend the value. */
function escapeValue(value: string): string {
  return value.trim().replaceAll('\\', '\\\\').replaceAll(/\r?\n/g, '\\n')
}
