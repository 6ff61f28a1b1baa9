import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { runUptick } from '../../test/support/run-uptick.ts'

/** `uptick migrate` on a database of nothing. */

const name = `migrate_${randomUUID().replaceAll('-', '')}`
const server = inject('postgresUrl')
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query(statement)
  await client.end()
}

beforeAll(() => onServer(`create database ${name}`))
afterAll(() => onServer(`drop database ${name} with (force)`))

function migrate(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  return runUptick(['migrate', ...args], { UPTICK_STATE: '/nonexistent', ...env })
}

describe('uptick migrate', () => {
  test('applies what is missing, and then says that nothing is', async () => {
    const first = await migrate({ DATABASE_ADMIN_URL: url })
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^migrated: 0001_\w+, 0002_\w+, /)
    const second = await migrate({ DATABASE_ADMIN_URL: url })
    expect(second).toEqual({ code: 0, out: 'the schema is up to date\n', err: '' })
    const json = await migrate({ DATABASE_ADMIN_URL: url }, '--json')
    expect(JSON.parse(json.out)).toEqual({ applied: [], topic: null })
  })

  test.each<[string, Readonly<Record<string, string>>, number, RegExp]>([
    ['no database that is known', { DATABASE_URL: url }, 2, /DATABASE_ADMIN_URL is required/],
    [
      'a database that is away',
      { DATABASE_ADMIN_URL: 'postgres://x:hunter2@127.0.0.1:1/x' },
      3,
      /ECONNREFUSED/,
    ],
    [
      'a login that is none',
      { DATABASE_ADMIN_URL: Object.assign(new URL(url), { username: 'nobody' }).href },
      1,
      /role "nobody" does not exist|authentication/,
    ],
  ])('ends with %s', async (_, env, code, message) => {
    const ended = await migrate(env)
    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(message) })
    expect(ended.err).not.toContain('hunter2')
  })
})
