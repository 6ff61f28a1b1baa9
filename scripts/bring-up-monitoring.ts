import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { prometheusApp } from './apps.ts'
import type { Context } from './command.ts'
import type { Supervisor } from './supervise.ts'
import { isPortFree } from './support/free-port.ts'
import { numberedPorts } from './support/numbered-ports.ts'
import { parsePort } from './support/ports.ts'
import { writePrometheusConfig } from './support/prometheus-files.ts'
import type { Command } from './support/start-child.ts'
import { type SupportState, writeState } from './support/state.ts'
import { lastLines } from './tail-log.ts'

const run = promisify(execFile)

const PORT_FIRST = 9_090
/** With a few days of figures behind it, it reads its log first. */
const READY_TIMEOUT_MS = 60_000
const POLL_MS = 200
const KEPT_FOR = '15d'

export type MonitoringOptions = Context & {
  readonly state: SupportState
  readonly supervisor: Supervisor
}

/** Whether there is a Prometheus on this machine that can be started: Debian's package is one. */
export async function isPrometheusInstalled(): Promise<boolean> {
  return run('prometheus', ['--version']).then(
    () => true,
    () => false,
  )
}

/**
 * Starts Prometheus beside our processes, and resolves to its URL when it answers.
 * @throws when it does not, with what it last said.
 */
export async function bringUpPrometheus(options: MonitoringOptions): Promise<string> {
  const { places, supervisor, env } = options
  const port = await portOf(options)
  const app = prometheusApp(await prometheusCommand(options, port), env)
  await supervisor.start(app)
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (!(await isReady(url))) {
    if (Date.now() > deadline) {
      const lines = await lastLines(path.join(places.logs, `${app.name}.log`), 3)
      throw new Error(`prometheus does not get ready:\n  ${lines.join('\n  ')}`)
    }
    await delay(POLL_MS)
  }
  return url
}

async function portOf({ places, supervisor, state, overrides }: MonitoringOptions) {
  const running = (await supervisor.list()).filter((app) => app.pid !== null)
  const isOurs = running.some((app) => app.name === 'prometheus')
  const remembered = state.processPorts ?? {}
  const said = overrides.PROMETHEUS_PORT
  if (said) {
    const port = parsePort('PROMETHEUS_PORT', said)
    if (!(isOurs && remembered.prometheus === port) && !(await isPortFree(port)))
      throw new Error(`PROMETHEUS_PORT: port ${port} is in use`)
    await writeState(places, { ...state, processPorts: { ...remembered, prometheus: port } })
    return port
  }
  const processPorts = await numberedPorts({
    names: ['prometheus'],
    first: PORT_FIRST,
    remembered,
    running: new Set(isOurs ? ['prometheus'] : []),
    isFree: isPortFree,
  })
  await writeState(places, { ...state, processPorts })
  return processPorts.prometheus ?? PORT_FIRST
}

async function prometheusCommand({ places }: MonitoringOptions, port: number): Promise<Command> {
  const { config, data } = await writePrometheusConfig(places)
  return {
    file: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--storage.tsdb.retention.time=${KEPT_FOR}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    cwd: places.checkout,
    user: null,
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}
