import { type Context, requireState } from './command.ts'
import { environmentFor, type Variables } from './support/environment.ts'
import { type PortName, portChoices } from './support/ports.ts'
import type { SupportState } from './support/state.ts'
import { findSupportMode } from './support-mode.ts'

/** What a program that a person runs needs to reach what runs: processes or containers. */
export async function toolEnvironment(context: Context): Promise<Variables> {
  const variables = environmentFor('tools', await reachableState(context), context.overrides)
  const mode = await findSupportMode(context.env, context.places)
  return mode === 'docker' ? { ...variables, ...asContainersSeeIt } : variables
}

/** Sites are watched from inside of the containers, where loopback is the worker itself. */
const asContainersSeeIt: Variables = { DEMO_TARGET_URL: 'http://demo-target:8099' }

/** What is running, as seen from this machine. */
export async function reachableState(context: Context): Promise<SupportState> {
  const mode = await findSupportMode(context.env, context.places)
  return mode === 'docker' ? containerState(context.overrides) : requireState(context)
}

/** Where `docker-compose.yaml` publishes its ports, from the same variables and defaults. Pure. */
export function containerState(overrides: Variables): SupportState {
  const port = (name: PortName) =>
    Number(overrides[portChoices[name].variable] ?? portChoices[name].first)
  const password = encodeURIComponent(overrides.POSTGRES_PASSWORD ?? 'uptick')
  return {
    ports: {
      postgres: port('postgres'),
      kafka: port('kafka'),
      kafkaController: port('kafkaController'),
      mailSmtp: port('mailSmtp'),
      mailHttp: port('mailHttp'),
      demoTarget: port('demoTarget'),
      web: port('web'),
    },
    servicePassword: overrides.APP_DB_PASSWORD ?? 'uptick',
    // In containers there is a dashboard only where the user sets its password.
    dashboardPassword: '',
    postgres: {
      ownerUrl: `postgres://uptick:${password}@127.0.0.1:${port('postgres')}/uptick`,
      dataDir: '',
      movedTo: null,
    },
    stream: { kind: 'kafka', bootstrapServers: `127.0.0.1:${port('kafka')}` },
    mail: {
      smtpUrl: `smtp://127.0.0.1:${port('mailSmtp')}`,
      apiUrl: `http://127.0.0.1:${port('mailHttp')}`,
    },
  }
}
