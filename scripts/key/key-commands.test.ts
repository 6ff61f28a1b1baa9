import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findKey } from '#db/api-keys.ts'
import { runUptick } from '../../test/support/run-uptick.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

/** `uptick key ...` as a person or a script starts it. */

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.db.deleteFrom('api_keys').execute())

function key(...args: readonly string[]) {
  return runUptick(['key', ...args], { DATABASE_ADMIN_URL: database.url })
}

describe('uptick key', () => {
  test('create prints the key alone on stdout, and it opens what it should', async () => {
    const { code, out, err } = await key(
      'create',
      '--name=ci',
      '--scope=check,read',
      '--expires=90d',
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^uptick_[\w-]{43}\n$/)
    expect(err).toMatch(/^key \d+ for check, read, until 2\d{3}-.*keep it\.\n$/)
    expect(await findKey(database.db, out.trim())).toMatchObject({
      outcome: 'valid',
      scopes: ['read', 'check'],
    })
  })

  test('create may only read where nothing else is said, and lasts', async () => {
    const { out } = await key('create', '--name=x', '--json')
    expect(JSON.parse(out)).toEqual({
      id: expect.any(Number),
      key: expect.stringMatching(/^uptick_/),
      name: 'x',
      scopes: ['read'],
      expires_at: null,
    })
  })

  test('list shows when each was used and whether it is valid, and no key', async () => {
    expect((await key('list')).out).toBe('no keys: uptick key create --name NAME\n')
    const { out: secret } = await key('create', '--name=Grafana')
    const list = await key('list')
    expect(list.out).toMatch(/Grafana +uptick_.{6}\.\.\. +read +valid +never +never\n/)
    expect(list.out).not.toContain(secret.trim())
    const [only] = JSON.parse((await key('list', '--json')).out).keys
    expect(only).toMatchObject({ name: 'Grafana', state: 'valid', revoked_at: null })
    expect(Object.keys(only)).not.toContain('hash')
  })

  test('revoke ends keys, says what was ended before, and fails for what is not there', async () => {
    const { id, key: secret } = JSON.parse((await key('create', '--name=x', '--json')).out)
    expect(await key('revoke', String(id))).toMatchObject({
      code: 0,
      out: `key ${id} is revoked\n`,
    })
    expect(await findKey(database.db, secret)).toEqual({ outcome: 'revoked', id })
    expect(await key('revoke', String(id), '999999')).toMatchObject({
      code: 1,
      out: `key ${id} was revoked before\nkey 999999 is not there: uptick key list\n`,
    })
    expect((await key('list')).out).toContain('revoked')
  })

  test.each<[string, readonly string[], string]>([
    ['a key for nobody', ['create'], '--name: is missing'],
    [
      'control characters',
      ['create', '--name=a\u001bb'],
      '--name: must not hold control characters',
    ],
    [
      'a scope that there is not',
      ['create', '--name=x', '--scope=read,wirte'],
      '--scope: "wirte" must be one of read, write, check: did you mean write?',
    ],
    ['a time that is none', ['create', '--name=x', '--expires=soon'], '--expires: "soon" must be'],
    ['a time that is over at once', ['create', '--name=x', '--expires=0s'], '--expires: "0s" must'],
    ['an id that is none', ['revoke', 'uptick_abc'], 'ID: "uptick_abc" is none'],
  ])('refuses %s', async (_, args, problem) => {
    const { code, out, err } = await key(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(problem)
  })
})
