import os from 'node:os'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { type Environment, readSettings } from '#shared/runtime/settings.ts'
import { readStreamSettings } from '#shared/runtime/stream-settings.ts'
import { nameServerProblem } from './probe/name-server-problem.ts'
import { CANARIES_MAX, canaryProblem } from './self-watch/canary-watch.ts'

/** What a worker reads from its environment. */
export const readWorkerSettings = (env: Environment) =>
  readSettings(env, knownSettingNames, (read) => {
    const name = read.text('WORKER_NAME', { default: `${os.hostname()}-${process.pid}` })
    return {
      name,
      databaseUrl: read.secretUrl('DATABASE_URL', ['postgres:', 'postgresql:']),
      stream: readStreamSettings(read, `uptick-worker-${name}`),
      concurrency: read.integer('WORKER_CONCURRENCY', { min: 1, max: 10_000, default: 500 }),
      allowPrivateTargets: read.flag('ALLOW_PRIVATE_TARGETS', { default: true }),
      secretsDir: read.optionalText('SECRETS_DIR'),
      dnsServers: read.list('DNS_SERVERS', { default: [], problemOf: nameServerProblem }),
      canaryUrls: read.list('CANARY_URLS', {
        default: [],
        max: CANARIES_MAX,
        problemOf: canaryProblem,
      }),
      logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
      health: {
        host: read.text('HEALTH_HOST', { default: '127.0.0.1' }),
        port: read.optionalInteger('HEALTH_PORT', { min: 1, max: 65_535 }),
      },
    }
  })
