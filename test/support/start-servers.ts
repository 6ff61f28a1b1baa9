import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { serviceRoles } from '#db/migrate.ts'
import { startKafka } from '../../scripts/support/kafka.ts'
import { startPostgres } from '../../scripts/support/postgres.ts'
import { chromiumPlace } from './chromium-place.ts'

/** What the servers of a test run are reached by; a broker may be missing where none can be started. */
declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
    kafka: { readonly brokers: string } | { readonly missing: string }
  }
}

/** What the roles of the services log in with, in every database of the run. */
export const ROLE_PASSWORD = 'role-password'

/** One real Postgres and one real Kafka for the whole run, on free ports; each test file takes a database and topics of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-test-'))
  await chmod(folder, 0o755)
  const [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false }),
    startKafka({ dir: path.join(folder, 'kafka') }),
  ])
  const missing = [
    ...(kafka.available ? [] : [`no Kafka broker can be started: ${kafka.reason}`]),
    ...('missing' in chromiumPlace ? [chromiumPlace.missing] : []),
  ].join('; ')
  if (missing !== '' && process.env.CI === 'true') {
    await Promise.all([
      postgres.stop({ remove: true }),
      kafka.available ? kafka.stop({ remove: true }) : null,
    ])
    throw new Error(`CI skips no tests: ${missing}`)
  }
  if (missing !== '') process.stderr.write(`Some tests are skipped: ${missing}\n`)
  await makeRoles(postgres.superuserUrl)
  project.provide('postgresUrl', postgres.superuserUrl)
  project.provide(
    'kafka',
    kafka.available ? { brokers: kafka.bootstrapServers } : { missing: kafka.reason },
  )
  return async () => {
    await Promise.all([
      postgres.stop({ remove: true }),
      kafka.available ? kafka.stop({ remove: true }) : null,
    ])
    await rm(folder, { recursive: true, force: true })
  }
}

/** Once for the whole server, since roles belong to it: files that migrate at the same time would collide. */
async function makeRoles(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const role of serviceRoles) {
    await client.query(`create role ${role} login password '${ROLE_PASSWORD}'`)
  }
  await client.end()
}
