import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { databaseProblem, withDatabase } from './database-of-command.ts'

const url = 'postgres://someone:hunter2@127.0.0.1:5432/uptick'

function databaseError(code: string, text: string): Error {
  return Object.assign(new Error(text), { code })
}

describe('why a database could not be asked', () => {
  test.each<[string, unknown, string | null]>([
    ['it is not there', databaseError('ECONNREFUSED', 'connect'), 'does not answer: connect'],
    ['it ends', databaseError('57P01', 'terminating'), 'does not answer: terminating'],
    ['a table is missing', databaseError('42P01', 'no relation'), 'make migrate'],
    ['a function is missing', databaseError('42883', 'no function'), 'make migrate'],
    ['a password is wrong', databaseError('28P01', 'failed'), 'does not let us: failed'],
    ['it has another name', databaseError('3D000', 'not there'), 'does not let us: not there'],
    ['the login may not', databaseError('42501', 'denied'), 'does not let us: denied'],
    ['a statement takes too long', databaseError('57014', 'timeout'), 'took too long: timeout'],
    ['a bug of ours is no reason', new TypeError('x is not a function'), null],
    ['a wrong statement is no reason', databaseError('42601', 'syntax error'), null],
  ])('%s', (_, error, part) => {
    const problem = databaseProblem(error, url)
    if (part === null) expect(problem).toBeNull()
    else expect(problem).toContain(part)
    expect(problem ?? '').not.toContain('hunter2')
  })
})

describe('the database of a command', () => {
  const ask = (rights: 'read' | 'change', env: Readonly<Record<string, string>>) =>
    withDatabase(
      { command: 'fruit list', rights, env: { ...env, UPTICK_STATE: '/nonexistent' } },
      () => Promise.reject(new Error('it must not come to that')),
    )

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['is no other than Postgres', { DATABASE_URL: 'mysql://u:hunter2@h/d' }, 'must be a postgres:'],
    [
      'is said once',
      { DATABASE_URL: url, DATABASE_URL_FILE: '/dev/null' },
      'DATABASE_URL and DATABASE_URL_FILE are both set: leave one',
    ],
    [
      'is in a file that can be read',
      { DATABASE_URL: url, DATABASE_ADMIN_URL_FILE: '/nonexistent/url' },
      'DATABASE_ADMIN_URL_FILE: "/nonexistent/url" cannot be read (ENOENT)',
    ],
  ])('%s', async (_, env, part) => {
    const end = await ask(part.includes('ADMIN') ? 'change' : 'read', env)
    expect(end).toMatchObject({ exitCode: 3, out: '' })
    expect(end.err).toContain(`uptick fruit list: `)
    expect(end.err).toContain(part)
    expect(end.err).not.toContain('hunter2')
  })

  test.each<['read' | 'change', string]>([
    ['read', '127.0.0.1:1/reader'],
    ['change', '127.0.0.1:1/owner'],
  ])('to %s is %s', async (rights, place) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-url-'))
    try {
      await writeFile(path.join(folder, 'url'), 'postgres://127.0.0.1:1/owner\n')
      const end = await withDatabase(
        {
          command: 'fruit',
          rights,
          env: {
            DATABASE_URL: 'postgres://127.0.0.1:1/reader',
            DATABASE_ADMIN_URL_FILE: path.join(folder, 'url'),
          },
        },
        async (db) => {
          await db.selectFrom('cadence').select('name').execute()
          throw new Error('there is no server')
        },
      )
      expect(end.err).toContain(`the database at ${place} does not answer`)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
