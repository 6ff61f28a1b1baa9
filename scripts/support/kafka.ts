import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { type KafkaPorts, type KafkaTls, serverProperties } from './kafka-config.ts'
import { makeKafkaReady } from './kafka-ready.ts'
import { findKafkaRuntime, type KafkaRuntime, type NoKafka } from './kafka-runtime.ts'
import { type Child, type Command, startChild } from './start-child.ts'

const run = promisify(execFile)

/** One broker, one cluster: any fixed id in Kafka's form (16 bytes in base64) will do. */
const CLUSTER_ID = 'dXB0aWNrLXVwdGljay11cA'
const FORMAT_TIMEOUT_MS = 60_000
const READY_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 20_000

const loggerFile = path.join(import.meta.dirname, '../../ops/kafka/simplelogger.properties')

export type KafkaOptions = {
  /** Absolute. Made when it is not there. Holds configuration and data. */
  readonly dir: string
  /** Absent: any free ones. */
  readonly ports?: KafkaPorts
  /** A second listener that asks clients for a certificate of `caFile`'s authority. All PEM. */
  readonly tls?: TlsFiles
  /** Made with 6 partitions. Default `statuses`. */
  readonly topic?: string
}

export type TlsFiles = {
  readonly keyFile: string
  readonly certFile: string
  readonly caFile: string
}

export type RunningKafka = {
  readonly available: true
  readonly bootstrapServers: string
  /** host:port of the TLS listener; null without `tls`. */
  readonly tlsBootstrapServers: string | null
  pid(): number
  kill(): Promise<void>
  /** Starts it again on the same ports and data, after `kill` or instead of what runs. */
  restart(): Promise<void>
  stop(options?: { readonly remove?: boolean }): Promise<void>
}

/** A real broker on 127.0.0.1 with its topic made, or why there is none. It ends with this process at the latest. */
export async function startKafka(options: KafkaOptions): Promise<RunningKafka | NoKafka> {
  const runtime = await findKafkaRuntime()
  if (!runtime.available) return runtime
  const ports = options.ports ?? {
    broker: await freePort(),
    controller: await freePort(),
    tls: await freePort(),
  }
  const command = await prepareKafka(runtime, { ...options, ports })
  const bootstrapServers = `127.0.0.1:${ports.broker}`
  const start = () => startAndWait(command, options, bootstrapServers)
  let child = await start()
  return {
    available: true,
    bootstrapServers,
    tlsBootstrapServers: options.tls === undefined ? null : `127.0.0.1:${ports.tls}`,
    pid: () => child.pid,
    kill: async () => void (await child.stop('SIGKILL', STOP_TIMEOUT_MS)),
    async restart() {
      await child.stop('SIGTERM', STOP_TIMEOUT_MS)
      child = await start()
    },
    async stop({ remove = false } = {}) {
      await child.stop('SIGTERM', STOP_TIMEOUT_MS)
      if (remove) await rm(options.dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function startAndWait(
  command: Command,
  options: KafkaOptions,
  server: string,
): Promise<Child> {
  const logFile = path.join(options.dir, 'kafka.log')
  const child = await startChild(command, logFile)
  const ended = new AbortController()
  child.exited.then(() => ended.abort())
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(READY_TIMEOUT_MS)])
  try {
    await makeKafkaReady(server, options.topic ?? 'statuses', signal)
    return child
  } catch (error) {
    await child.stop('SIGKILL', STOP_TIMEOUT_MS)
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
    throw new Error(`Kafka did not start: ${lines.slice(-3).join(' | ')}`, { cause: error })
  }
}

/** Writes the configuration, formats the storage where that was not done, and says how to run the broker. */
export async function prepareKafka(
  runtime: KafkaRuntime,
  options: KafkaOptions & { readonly ports: KafkaPorts },
): Promise<Command> {
  const dataDir = path.join(options.dir, 'data')
  await mkdir(dataDir, { recursive: true })
  const config = path.join(options.dir, 'server.properties')
  const tls = options.tls === undefined ? null : await readTls(options.tls)
  await writeFile(config, serverProperties(dataDir, options.ports, tls), { mode: 0o600 })
  const javaArgs = path.join(options.dir, 'java.args')
  await writeFile(javaArgs, (await javaArguments(runtime)).map(quoteArgument).join('\n'))
  if (!(await exists(path.join(dataDir, 'meta.properties'))))
    await format(runtime, javaArgs, config)
  return {
    file: runtime.java,
    args: [`@${javaArgs}`, 'kafka.Kafka', config],
    cwd: options.dir,
    user: null,
  }
}

async function format(runtime: KafkaRuntime, javaArgs: string, config: string): Promise<void> {
  const args = ['format', '-t', CLUSTER_ID, '-c', config, '--ignore-formatted']
  await run(runtime.java, [`@${javaArgs}`, 'kafka.tools.StorageTool', ...args], {
    timeout: FORMAT_TIMEOUT_MS,
  })
}

/** Without a class archive: it would start 0.5 s sooner (1.4 s, measured), and keep 50 MB for it. */
async function javaArguments(runtime: KafkaRuntime): Promise<string[]> {
  const jars = (await readdir(runtime.jarFolder)).filter((name) => name.endsWith('.jar')).sort()
  const logger = (await readFile(loggerFile, 'utf8')).split('\n').filter((line) => /^\w/.test(line))
  return [
    '-Xms128m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    ...logger.map((line) => `-D${line}`),
    '-cp',
    jars.map((name) => path.join(runtime.jarFolder, name)).join(path.delimiter),
  ]
}

/** In a file of arguments of `java`, spaces part arguments, and a backslash in quotes bends the next letter. */
function quoteArgument(argument: string): string {
  return `"${argument.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

async function readTls({ keyFile, certFile, caFile }: TlsFiles): Promise<KafkaTls> {
  const [key, certificate, authority] = await Promise.all(
    [keyFile, certFile, caFile].map((file) => readFile(file, 'utf8')),
  )
  const pkcs8 = createPrivateKey(key ?? '').export({ type: 'pkcs8', format: 'pem' })
  return { key: String(pkcs8), certificate: certificate ?? '', authority: authority ?? '' }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
