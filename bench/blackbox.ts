import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Agent, request } from 'undici'
import { freePort, untilListening } from './page-target.ts'
import { usageOf } from './process-usage.ts'

/** Makes a number of checks and says what CPU each cost; throws when one of them is not up. */
export type Contender = {
  measure(url: string, count: number): Promise<number>
  end(): Promise<void>
}

export const BLACKBOX = 'prometheus-blackbox-exporter'

export type BlackboxOptions = {
  /** For its configuration. */
  readonly folder: string
  /** PEM that it trusts; null: the system's roots. */
  readonly caFile: string | null
  readonly serverName?: string | null
  readonly concurrency: number
}

/** Driven over its own endpoint by this process, whose cost counts for nobody. */
export async function startBlackbox(options: BlackboxOptions): Promise<Contender> {
  const { folder, concurrency } = options
  const port = await freePort()
  const config = path.join(folder, 'blackbox.yml')
  await writeFile(config, blackboxConfig(options))
  const child = spawn(
    BLACKBOX,
    [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    { stdio: 'ignore' },
  )
  await untilListening(port)
  const agent = new Agent({ connections: concurrency })
  return {
    async measure(url, count) {
      const pid = child.pid ?? 0
      const before = usageOf(pid).cpuMicros
      let left = count
      const lane = async () => {
        while (left-- > 0) await probeOnce(port, url, agent)
      }
      await Promise.all(Array.from({ length: concurrency }, lane))
      return (usageOf(pid).cpuMicros - before) / count
    },
    async end() {
      await agent.close()
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function probeOnce(port: number, url: string, dispatcher: Agent): Promise<void> {
  const query = `module=http_2xx&target=${encodeURIComponent(url)}`
  const { body } = await request(`http://127.0.0.1:${port}/probe?${query}`, { dispatcher })
  const text = await body.text()
  if (!text.includes('\nprobe_success 1'))
    throw new Error(`${BLACKBOX} did not find it up: ${text}`)
}

function blackboxConfig({ caFile, serverName = null }: BlackboxOptions): string {
  const tls = [
    ...(caFile === null ? [] : [`        ca_file: ${caFile}`]),
    ...(serverName === null ? [] : [`        server_name: ${serverName}`]),
  ]
  return [
    'modules:',
    '  http_2xx:',
    '    prober: http',
    '    timeout: 10s',
    '    http:',
    '      preferred_ip_protocol: ip4',
    ...(tls.length === 0 ? [] : ['      tls_config:', ...tls]),
    '',
  ].join('\n')
}
