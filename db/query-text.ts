import { Client } from 'pg'

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 60_000

/** A result as Postgres writes it: every value as text, or null. */
export type TextResult = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** `SELECT`, `UPDATE` and so on. */
  readonly command: string
  /** Null for statements that are not about rows. */
  readonly rowCount: number | null
}

/**
 * Runs what a person typed and resolves to the result of each of its statements.
 * @throws what Postgres says, or that it cannot be reached.
 */
export async function queryText(connectionString: string, text: string): Promise<TextResult[]> {
  const client = new Client({
    connectionString,
    application_name: 'uptick sql',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    types: { getTypeParser: () => (value: string) => value },
  })
  await client.connect()
  try {
    const results = await client.query<(string | null)[]>({ text, rowMode: 'array' })
    return [results].flat().map(({ fields, rows, command, rowCount }) => ({
      columns: fields.map((field) => field.name),
      rows,
      command,
      rowCount,
    }))
  } finally {
    await client.end()
  }
}
