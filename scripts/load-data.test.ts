import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

/** The commands as a person runs them: what they print, and how they end. */

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await openTestDatabase()
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-load-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

type Ended = { readonly code: number; readonly out: string; readonly errors: string }

function runScript(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, script)],
      { env: { DATABASE_ADMIN_URL: database.url, ...env } },
      (error, out, errors) => resolve({ code: Number(error?.code ?? 0), out, errors }),
    )
  })
}

async function load(
  name: string,
  content: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const file = path.join(folder, name)
  await writeFile(file, content)
  return runScript('load-data.ts', { FILE: file, ...env })
}

describe('load-data', () => {
  test('without a file loads the samples, says what comes next, and is silent on stderr', async () => {
    const { code, out, errors } = await runScript('load-data.ts', {
      DEMO_TARGET_URL: 'http://127.0.0.1:9/',
    })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(out).toMatch(
      /^20 sites loaded from .*samples\.yaml: 20 inserted, 0 updated, 0 unchanged\n/,
    )
    expect(out).toContain('make mail')
    const urls = await database.db.selectFrom('site_config').select('url').execute()
    expect(
      urls.filter(
        ({ url }) => !/^(http:\/\/127\.0\.0\.1:9\/[a-z]|tcp:\/\/127\.0\.0\.1:9$)/.test(url),
      ),
    ).toEqual([])
  })

  test('fills in where the demo target is only in files that ship', async () => {
    const file = path.join(import.meta.dirname, 'load-data/readers.yaml')
    const env = { FILE: file, DEMO_TARGET_URL: 'http://127.0.0.1:9' }
    const { code, out } = await runScript('load-data.ts', env)
    expect(code).toBe(0)
    expect(out).toMatch(/^4 sites loaded from .*readers\.yaml/)
    const own = await load('own.yaml', `- url: $\{DEMO_TARGET_URL}/ok\n`, {
      DEMO_TARGET_URL: 'http://127.0.0.1:9',
    })
    expect(own).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/line 1, site 1: url: .*must begin/),
    })
  })

  test('rehearses', async () => {
    const { code, out } = await load('a.csv', 'url,name\nhttp://127.0.0.1/,mine\n', {
      DRY_RUN: '1',
    })
    expect(code).toBe(0)
    expect(out).toContain('+ "mine"')
    expect(out).toContain('Nothing was written')
  })

  test.each<[string, string, string, Readonly<Record<string, string>>, number, RegExp]>([
    [
      'a bad row',
      'b.csv',
      'url\nx\n',
      {},
      1,
      /b\.csv: nothing was loaded, there is a problem:\n {2}line 2: url/,
    ],
    ['a file of another kind', 'c.txt', '', {}, 1, /must be a \.csv/],
    [
      'a database that is away',
      'd.csv',
      'url\n',
      { DATABASE_ADMIN_URL: 'postgres://127.0.0.1:1/x' },
      1,
      /^load-data: .*ECONNREFUSED.*make start/,
    ],
    [
      'a setting that is missing',
      'e.csv',
      'url\n',
      { DATABASE_ADMIN_URL: '' },
      78,
      /DATABASE_URL is required/,
    ],
    [
      'a flag that is none',
      'f.csv',
      'url\n',
      { DRY_RUN: 'maybe' },
      78,
      /DRY_RUN: "maybe" must be true or false/,
    ],
  ])(
    'ends with an error on %s, without a stack trace',
    async (_, name, content, env, code, message) => {
      const ended = await load(name, content, env)
      expect(ended).toMatchObject({ code, out: '', errors: expect.stringMatching(message) })
      expect(ended.errors).not.toMatch(/^\s+at /m)
    },
  )

  test('says what to do when the schema is not there', async () => {
    const empty = Object.assign(new URL(database.url), { pathname: '/postgres' }).href
    expect(await load('g.csv', 'url\n', { DATABASE_ADMIN_URL: empty })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('run `make migrate` first'),
    })
  })
})

describe('demo, where there is no terminal', () => {
  test('shows the sites once', async () => {
    const { code, out, errors } = await runScript('demo.ts', { RESULT_STREAM: 'postgres' })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(out).toContain('demo always up')
    expect(out).toContain('Last emails')
  })

  test('does not wait for a Kafka that is away', async () => {
    const { code, out } = await runScript('demo.ts', { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' })
    expect(code).toBe(0)
    expect(out).toContain('kafka lag -')
  })

  test('ends with one line when the database is away', async () => {
    const away = { DATABASE_ADMIN_URL: 'postgres://127.0.0.1:1/x', RESULT_STREAM: 'postgres' }
    expect(await runScript('demo.ts', away)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^demo: .*ECONNREFUSED[^\n]*\n$/),
    })
  })
})
