import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'

/** A migrated database of its own on the server that the test run started. */
export type TestDatabase = { readonly url: string; readonly db: Db; close(): Promise<void> }

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
    async close() {
      await db.destroy()
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
