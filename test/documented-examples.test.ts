import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadedColumns } from '#db/loaded-columns.ts'
import { loadSites } from '../site-file/load-sites.ts'
import { openSource } from '../site-file/open-source.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** What the documents show to be typed works, and the reference of options leaves none out. */

const root = path.join(import.meta.dirname, '..')
const documents = [
  'README.md',
  'docs/checks.md',
  'docs/sql.md',
  'docs/operations.md',
  'docs/uptime.md',
]
const textOf = (document: string) => readFileSync(path.join(root, document), 'utf8')

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await openTestDatabase()
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-examples-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

/** The blocks of a language, each with the place to find it at. */
function blocksOf(language: string) {
  return documents.flatMap((document) => {
    const text = textOf(document)
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
      ({ 1: block = '', index }) =>
        [`${document}:${text.slice(0, index).split('\n').length}`, block] as const,
    )
  })
}

describe('SQL of the documents runs', () => {
  test.each(blocksOf('sql'))('%s', async (_, block) => {
    await expect(sql.raw(block).execute(database.db)).resolves.toBeDefined()
  })
})

describe('sites of the documents load', () => {
  // The SQL above wrote some of the same.
  beforeAll(() => sql`truncate site_config cascade`.execute(database.db).then(() => undefined))

  const files = ['csv', 'yaml', 'json'].flatMap((language) =>
    blocksOf(language).map(([place, block]) => [place, language, block] as const),
  )
  test.each(files)('%s, %s', async (_, language, block) => {
    const file = path.join(folder, `sites.${language}`)
    await writeFile(file, block)
    const outcome = await loadSites(database.db, await openSource(file), {
      mode: 'rehearse',
      onProgress: () => undefined,
    })
    expect(outcome).toMatchObject({ outcome: 'rehearsed', inserted: 2 })
  })
})

test('the reference has every option, with the default that the table has', async () => {
  const { rows } = await sql<{ name: string; value: string | null }>`
    select column_name as name, column_default as value from information_schema.columns
    where table_name = 'site_config' and table_schema = 'public'`.execute(database.db)
  const defaults = new Map(
    rows.map(({ name, value }) => [
      name,
      value?.replace(/::.*$/, '').replaceAll("'", '') ?? 'none',
    ]),
  )
  const documented = [...textOf('docs/checks.md').matchAll(/^\| (`[a-z_`, ]+`) \| ([^|]+) \|/gm)]
  const told = documented.flatMap(([, names = '', told = '']) => {
    const values = told.replaceAll('`', '').trim().split(', ')
    return [...names.matchAll(/[a-z_]+/g)].map(
      ([name], index) => [name, values[index] ?? values[0]] as const,
    )
  })
  expect(told.map(([name]) => name).sort()).toEqual(
    expect.arrayContaining([...loadedColumns].sort()),
  )
  const inWords = /^(required|by the URL's scheme|the URL's host|the usual roots)$/
  const options = told.filter(([name]) => loadedColumns.some((column) => column === name))
  const wrong = options.filter(
    ([name, value = '']) => !inWords.test(value) && defaults.get(name) !== value,
  )
  expect(wrong).toEqual([])
})
