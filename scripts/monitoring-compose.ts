import type { Context } from './command.ts'
import { runCompose } from './support-mode.ts'

/** The services of docker-compose.monitoring.yaml; a test compares them. */
export const monitoringServices = [
  'prometheus',
  'grafana',
  'cadvisor',
  'postgres-exporter',
  'kafka-exporter',
] as const

/** Compose's options that take both files for one project. */
export const bothFiles = ['-f', 'docker-compose.yaml', '-f', 'docker-compose.monitoring.yaml']

/** Does this to the containers of the monitoring, and to no other of the project that they are part of. */
export async function runMonitoringCompose(
  context: Pick<Context, 'places' | 'overrides'>,
  [verb = 'up', ...options]: readonly string[],
): Promise<void> {
  // Without dependencies: what is watched is started by make start, or not at all.
  const alone = verb === 'up' ? ['--no-deps'] : []
  await runCompose(context, [...bothFiles, verb, ...options, ...alone, ...monitoringServices])
}
