import { Client } from 'pg'

/** Runs a statement that belongs to the whole server: no transaction of a database may hold it. */
export async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
