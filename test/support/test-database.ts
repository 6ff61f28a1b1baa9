import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { migrate, type serviceRoles } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues, type JobQueue, openQueue } from '#shared/runtime/queue.ts'
import { onServer } from './on-server.ts'
import { ROLE_PASSWORD } from './start-servers.ts'

/** A migrated database of its own on the server that the test run started. */
export type TestDatabase = {
  /** As its owner. */
  readonly url: string
  readonly db: Db
  /** As the role of a service, with the rights that it ships with. */
  urlAs(role: (typeof serviceRoles)[number]): string
  /** The caller closes it, before the database. */
  openQueue(): Promise<JobQueue>
  close(): Promise<void>
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `create database ${name}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const db = connect(
    { connectionString: url, applicationName: 'test', maxConnections: 8 },
    () => undefined,
  )
  const log = openLog('test', 'silent')
  await migrate(db, {
    rolePassword: null,
    installQueues: () => installQueues(url, queueDefinitions, log),
  })
  return {
    url,
    db,
    urlAs: (role) => Object.assign(new URL(url), { username: role, password: ROLE_PASSWORD }).href,
    openQueue: () =>
      openQueue(
        { connectionString: url, applicationName: 'test', maxConnections: 4, supervises: false },
        log,
        new AbortController().signal,
      ),
    async close() {
      await db.destroy()
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}
