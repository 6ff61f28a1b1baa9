import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiClient, type ApiUnderTest, serveApi } from './support/api-client.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** What docs/api.md shows to be typed works, by curl, and answers in the form that it shows. */

const text = readFileSync(path.join(import.meta.dirname, '../docs/api.md'), 'utf8')
const blocks = [...text.matchAll(/^```sh\n(.*?)^```(?:\n\n```json\n(.*?)^```)?/gms)]
const examples = blocks.map(
  ({ 1: script = '', 2: output, index }) =>
    [`docs/api.md:${text.slice(0, index).split('\n').length}`, script, output] as const,
)

let database: TestDatabase
let api: ApiUnderTest
let client: ApiClient
beforeAll(async () => {
  database = await openTestDatabase()
  api = await serveApi(database)
  client = await api.as('read', 'write', 'check')
})
afterAll(async () => {
  await api.close()
  await database.close()
})

async function run(script: string): Promise<string> {
  const env = {
    ...process.env,
    UPTICK: `${api.origin}/api/v1`,
    UPTICK_KEY: client.key ?? '',
  }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env })
  return stdout
}

/** What an answer consists of, whatever its values are. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, formOf(inner)]))
}

// One after another: what one adds the next one changes.
test.each(examples)('%s', async (_, script, documented) => {
  const lines = (await run(script)).trim().split('\n')
  const answers: unknown[] = lines.map((line) => JSON.parse(line))
  expect(answers.length).toBe((script.match(/^curl/gm) ?? []).length)
  if (documented !== undefined) {
    expect(answers.map(formOf)).toEqual([formOf(JSON.parse(documented))])
    return
  }
  // An example without its output is one that works.
  expect(
    answers.filter((answer) => typeof answer === 'object' && answer !== null && 'errors' in answer),
  ).toEqual([])
  expect(lines.filter((line) => line.includes('#problem-'))).toEqual([])
})

test('and it has left what it says', async () => {
  const { rows } = await sql`
    select name, cadence, tags, sla_ms, headers, enabled from site_config`.execute(database.db)
  expect(rows).toEqual([
    {
      name: 'shop',
      cadence: '1m',
      tags: ['eu'],
      sla_ms: 300,
      headers: { 'X-Probe': 'uptick' },
      enabled: true,
    },
  ])
})
