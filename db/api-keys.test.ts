import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { createKey, findKey, listKeys, revokeKey } from './api-keys.ts'
import { connect, type Db } from './connect.ts'

let database: TestDatabase
let web: Db
beforeAll(async () => {
  database = await openTestDatabase()
  const connectionString = database.urlAs('uptick_web')
  web = connect({ connectionString, applicationName: 'test', maxConnections: 4 }, () => undefined)
})
afterAll(async () => {
  await web.destroy()
  await database.close()
})
beforeEach(() => sql`truncate api_keys restart identity`.execute(database.db))

const wanted = { name: 'a script', scopes: ['read'], expiresAtMs: null } as const
const onlyKey = async () => (await listKeys(database.db))[0]

describe('a key', () => {
  test('opens what it was made for, as the web process sees it', async () => {
    const { id, key } = await createKey(database.db, { ...wanted, scopes: ['check', 'read'] })
    expect(key).toMatch(/^uptick_[A-Za-z0-9_-]{43}$/)
    expect(await findKey(web, key)).toEqual({ outcome: 'valid', id, scopes: ['read', 'check'] })
  })

  test('is not in the database', async () => {
    const { key } = await createKey(database.db, wanted)
    const { rows } = await sql<{ all: string }>`
      select api_keys::text || encode(hash, 'escape') as all from api_keys`.execute(database.db)
    expect(rows[0]?.all).not.toContain(key.slice(13))
    expect(rows[0]?.all).toContain(key.slice(0, 13))
  })

  test('that is over says how, and nothing about what it opened', async () => {
    const { id, key } = await createKey(database.db, { ...wanted, expiresAtMs: Date.now() - 1 })
    expect(await findKey(web, key)).toEqual({ outcome: 'expired', id })
    await revokeKey(database.db, id)
    expect(await findKey(web, key)).toEqual({ outcome: 'revoked', id })
  })

  test('that ends later opens until then', async () => {
    const { key } = await createKey(database.db, { ...wanted, expiresAtMs: Date.now() + 60_000 })
    expect(await findKey(web, key)).toMatchObject({ outcome: 'valid' })
  })

  test.each([
    ['with one letter changed', (key: string) => key.replace(/.$/, (x) => (x === 'A' ? 'B' : 'A'))],
    ['with a letter more', (key: string) => `${key}A`],
    ['without its beginning', (key: string) => key.slice(7)],
    ['that is its own prefix', (key: string) => key.slice(0, 13)],
    ['with a NUL in it', (key: string) => `${key.slice(0, -1)}\0`],
    ['that is empty', () => ''],
  ])('%s is unknown', async (_, change) => {
    const { key } = await createKey(database.db, wanted)
    expect(await findKey(web, change(key))).toEqual({ outcome: 'unknown' })
  })

  test('is revoked once', async () => {
    const { id } = await createKey(database.db, wanted)
    expect(await revokeKey(database.db, id)).toBe('revoked')
    const before = await onlyKey()
    expect(await revokeKey(database.db, id)).toBe('revoked_before')
    expect(await onlyKey()).toEqual(before)
    expect(await revokeKey(database.db, id + 1)).toBe('unknown')
  })
})

describe('its use', () => {
  const useAt = () =>
    sql<{ at: string }>`select last_used_at::text as at from api_keys`
      .execute(database.db)
      .then(({ rows }) => rows[0]?.at)
  const setUse = (ago: string) =>
    sql`update api_keys set last_used_at = now() - ${ago}::interval`.execute(database.db)

  test('is noted', async () => {
    const { key } = await createKey(database.db, wanted)
    expect((await onlyKey())?.lastUsedAtMs).toBe(null)
    await findKey(web, key)
    expect((await onlyKey())?.lastUsedAtMs).toBeGreaterThan(0)
  })

  test('is not noted again within a minute', async () => {
    const { key } = await createKey(database.db, wanted)
    await setUse('59 seconds')
    const before = await useAt()
    await findKey(web, key)
    expect(await useAt()).toBe(before)
  })

  test('is noted again after a minute', async () => {
    const { key } = await createKey(database.db, wanted)
    await setUse('61 seconds')
    const before = await useAt()
    await findKey(web, key)
    expect(await useAt()).not.toBe(before)
  })
})

test('the web process can make no key, change none and bring none back', async () => {
  const { id } = await createKey(database.db, wanted)
  await revokeKey(database.db, id)
  const denied = { code: '42501' }
  await expect(createKey(web, wanted)).rejects.toMatchObject(denied)
  await expect(revokeKey(web, id)).rejects.toMatchObject(denied)
  const change = sql`update api_keys set revoked_at = null, scopes = '{write}'`.execute(web)
  await expect(change).rejects.toMatchObject(denied)
})

test('keys are listed, the newest first, without what would open anything', async () => {
  await createKey(database.db, wanted)
  const { key } = await createKey(database.db, { ...wanted, name: 'another', expiresAtMs: 5_000 })
  const listed = await listKeys(database.db)
  expect(listed.map(({ id, name, expiresAtMs }) => ({ id, name, expiresAtMs }))).toEqual([
    { id: 2, name: 'another', expiresAtMs: 5_000 },
    { id: 1, name: 'a script', expiresAtMs: null },
  ])
  expect(listed[0]).toMatchObject({ prefix: key.slice(0, 13), scopes: ['read'], revokedAtMs: null })
  expect(JSON.stringify(listed)).not.toContain(key)
})

test.each([
  ['without a name', { name: '' }, 'name_between_1_and_100_characters'],
  ['without scopes', { scopes: [] }, 'scopes_are_known'],
])('a key %s is not made', async (_, own, constraint) => {
  await expect(createKey(database.db, { ...wanted, ...own })).rejects.toMatchObject({ constraint })
})
