import { bringUpPrometheus, isPrometheusInstalled } from './bring-up-monitoring.ts'
import { type Context, requireState, runExclusively } from './command.ts'
import { runMonitoringCompose } from './monitoring-compose.ts'
import { findSupervisor } from './supervise.ts'
import { findSupportMode } from './support-mode.ts'

/** Debian has Prometheus, and no Grafana. */
const withoutGrafana = `Grafana     not started: it needs a Docker engine, or one of yours: its dashboards are ops/grafana/dashboards/*.json,
            for a data source with the uid "prometheus"`

/** `make start-monitoring`: Prometheus with our alerts beside what runs, and in containers Grafana with our dashboards. */
await runExclusively('start-monitoring', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker') return startContainers(context)
  const state = requireState(context)
  if (!(await isPrometheusInstalled())) {
    throw new Error(
      'there is neither a Docker engine nor Prometheus on this machine (Debian: apt-get install prometheus).\n' +
        `Each process serves its figures for a Prometheus of yours all the same:\n  ${addresses(context).join('\n  ')}`,
    )
  }
  const supervisor = await findSupervisor(places)
  if (supervisor === null) throw new Error('nothing is running: make start')
  try {
    const url = await bringUpPrometheus({ ...context, state, supervisor })
    console.log(`Prometheus  ${url}  (alerts: ${url}/alerts)`)
    console.log(withoutGrafana)
    if (context.overrides.PROBE_METRICS === undefined)
      console.log('sites       not shown one by one: PROBE_METRICS=true make start')
  } finally {
    supervisor.disconnect()
  }
})

async function startContainers(context: Context): Promise<void> {
  await runMonitoringCompose(context, ['up', '--detach'])
  const { PROMETHEUS_PORT = '9090', GRAFANA_PORT = '3000' } = context.overrides
  console.log(`\nGrafana     http://127.0.0.1:${GRAFANA_PORT}`)
  console.log(`Prometheus  http://127.0.0.1:${PROMETHEUS_PORT}`)
}

function addresses({ state }: Context): string[] {
  return Object.entries(state?.processPorts ?? {})
    .filter(([name]) => name !== 'prometheus')
    .map(([name, port]) => `${name.padEnd(10)} http://127.0.0.1:${port}/metrics`)
}
