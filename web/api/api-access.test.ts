import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, revokeKey } from '#db/api-keys.ts'
import {
  type ApiClient,
  type ApiUnderTest,
  client,
  serveApi,
} from '../../test/support/api-client.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { webContext } from '../../test/support/web-context.ts'
import { webApp } from '../app.ts'
import { KEY_RATE, WRONG_KEY_RATE } from './key-guard.ts'
import { API_PREFIX } from './operation.ts'
import { operations } from './operations.ts'
import { BODY_BYTES_MAX } from './read-json-body.ts'

let database: TestDatabase
let api: ApiUnderTest
/** Stands still, unless a test moves it: nobody's rate fills up meanwhile. */
let nowMs = Date.UTC(2026, 5, 1)
beforeAll(async () => {
  database = await openTestDatabase()
  api = await serveApi(database, { nowMs: () => nowMs })
})
afterAll(async () => {
  await api.close()
  await database.close()
})

const keyed = operations.flatMap(({ method, path, scope }) => {
  const address = path.replace(':site', '1').replace(':outage', '0')
  return scope === 'anyone' ? [] : [[method, address, scope] as const]
})
/** Each test starts with its wrong keys forgiven. */
const aWhileLater = () => {
  nowMs += 10 * 60_000
}

describe('without a key', () => {
  test.each(keyed)('%s %s is refused', async (method, path) => {
    const anyone = await api.as()
    const answer = await anyone.send(method, path)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="uptick"')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status: 401, type: '/api/v1/docs#problem-no-key' })
  })

  test.each(['/health', '/openapi.json', '/docs'])('%s is answered', async (path) => {
    const anyone = await api.as()
    expect([200, 503]).toContain((await anyone.get(path)).status)
  })
})

describe('with a key of the other two scopes', () => {
  test.each(keyed)('%s %s is refused, naming the scope', async (method, path, scope) => {
    aWhileLater()
    const others = (['read', 'write', 'check'] as const).filter((one) => one !== scope)
    const other = await api.as(...others)
    const answer = await other.send(method, path)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toContain(`scope="${scope}"`)
  })
})

describe('a key', () => {
  const sites = async (key: string) => (await client(api.origin, key).get('/sites')).status

  test('that is unknown, revoked or expired is refused in the same words', async () => {
    aWhileLater()
    const wanted = { name: 'test', scopes: ['read'], expiresAtMs: null } as const
    const revoked = await createKey(database.db, wanted)
    expect(await sites(revoked.key)).toBe(200)
    await revokeKey(database.db, revoked.id)
    const expired = await createKey(database.db, { ...wanted, expiresAtMs: Date.now() - 1 })
    const keys = [revoked.key, expired.key, `uptick_${'A'.repeat(43)}`, 'junk']
    const answers = await Promise.all(keys.map((key) => client(api.origin, key).get('/sites')))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test.each([
    ['that is not a bearer', 'Basic dXB0aWNrOmtleQ=='],
    ['that is missing', 'Bearer'],
    ['with a space in it', 'Bearer uptick_a b'],
    ['that never ends', `Bearer ${'A'.repeat(5_000)}`],
  ])('%s is refused', async (_, authorization) => {
    aWhileLater()
    const anyone = await api.as()
    const answer = await anyone.send('GET', '/sites', { headers: { authorization } })
    expect(answer.status).toBe(401)
  })

  test('may come as often at once as its rate says, and is told when to come again', async () => {
    const busy = await api.as('read')
    const other = await api.as('read')
    const answers = []
    for (let sent = 0; sent < KEY_RATE.burst; sent++) answers.push(await busy.get('/sites'))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers.at(-1)?.headers.get('ratelimit')).toBe('"key";r=0;t=3')
    const refused = await busy.get('/sites')
    expect(refused).toMatchObject({ status: 429, body: { type: '/api/v1/docs#problem-too-often' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('ratelimit-policy')).toBe('"key";q=60;w=3')
    expect((await other.get('/sites')).status).toBe(200)
    nowMs += KEY_RATE.everyMs
    expect((await busy.get('/sites')).status).toBe(200)
  })

  test('that opens nothing may be tried a few times; those that open something go on', async () => {
    aWhileLater()
    const trusted = await api.as('read')
    expect((await trusted.get('/sites')).status).toBe(200)
    for (let tried = 0; tried < WRONG_KEY_RATE.burst; tried++) expect(await sites('junk')).toBe(401)
    const refused = await client(api.origin, 'junk').get('/sites')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6'])
    expect((await trusted.get('/sites')).status).toBe(200)
    nowMs += WRONG_KEY_RATE.everyMs
    expect(await sites('junk')).toBe(401)
  })
})

describe('a request', () => {
  let all: ApiClient
  beforeAll(async () => {
    aWhileLater()
    all = await api.as('read', 'write', 'check')
  })

  test('to an address that is none is answered as a problem', async () => {
    const answer = await all.get('/nothing/<b>here</b>')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status: 404 })
  })

  test.each([
    ['PUT', '/sites', 'GET, HEAD, POST'],
    ['POST', '/sites/1', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/sites/1/check', 'POST'],
    ['DELETE', '/health', 'GET, HEAD'],
  ])('%s %s is told what it may', async (method, path, allow) => {
    const answer = await all.send(method, path)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
  })

  test.each([
    ['of a list in another form', '/sites', 'text/csv', 406],
    ['of a list in any form', '/sites', 'text/csv, */*;q=0.1', 200],
    ['of the page as JSON', '/docs', 'application/json', 406],
  ])('%s', async (_, path, accept, status) => {
    expect((await all.send('GET', path, { headers: { accept } })).status).toBe(status)
  })

  test.each<[string, string, unknown, Record<string, string>, number]>([
    ['a body in another form', 'POST', 'url=a', { 'content-type': 'text/plain' }, 415],
    ['a patch as a site', 'POST', {}, { 'content-type': 'application/merge-patch+json' }, 415],
    ['JSON that breaks off', 'POST', '{"url": ', {}, 400],
    ['a key twice', 'POST', '{"url": "http://127.0.0.1/", "url": "x"}', {}, 400],
    ['a list', 'POST', [], {}, 400],
    ['nothing', 'POST', '', {}, 400],
    ['a text of brackets', 'POST', '['.repeat(200_000), {}, 400],
    ['too much', 'POST', { body: 'x'.repeat(BODY_BYTES_MAX) }, {}, 413],
  ])('with %s is refused', async (_, method, body, headers, status) => {
    const answer = await all.send(method, '/sites', { body, headers })
    expect(answer.status).toBe(status)
    expect(answer.body.detail).not.toBe('')
  })

  test('with a body that is not UTF-8 is refused', async () => {
    const response = await fetch(`${api.origin}${API_PREFIX}/sites`, {
      method: 'POST',
      headers: { authorization: `Bearer ${all.key}`, 'content-type': 'application/json' },
      body: Buffer.from('{"url": "http://127.0.0.1/\xe4"}', 'latin1'),
    })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: 'the body is not UTF-8' },
    ])
  })

  test('with mistakes in its query is told all of them', async () => {
    const answer = await all.get('/sites?limt=1&state=dwn&limit=0&cursor=x&tag=a&tag=b')
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([
      { field: 'limt', reason: 'is not known here: did you mean limit?' },
      { field: 'tag', reason: 'is given more than once' },
      { field: 'state', reason: 'must be one of down, invalid, failing, unknown, up, paused' },
      { field: 'limit', reason: 'must be a whole number from 1 to 1000' },
      { field: 'cursor', reason: 'must be from the `next` of a page of this list' },
    ])
  })

  test.each([
    '/sites?cursor=WzFd&cursor=WzFd',
    '/sites?search=%00',
    '/sites/%00',
    '/sites/%ff',
    '/sites/999999999999999999999',
    '/outages?from=2026-13-01',
    '/outages?from=0000-01-01',
    '/outages?cursor=WyJhIiwiYiJd',
    '/sites/1/results?cursor=WzFlOTld',
    '/outages/..%2f..',
    '/sites/1/uptime?from=2026-06-01&to=2020-01-01',
    '/uptime?policy=%27%3B',
  ])('for %s does no harm', async (path) => {
    const answer = await all.get(path)
    expect([400, 404]).toContain(answer.status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })
})

test('a fault of ours is told as one, and not in what it lies', async () => {
  const broken = await openTestDatabase()
  const apart = await serveApi(broken)
  const reader = await apart.as('read')
  await sql`alter table api_keys rename to gone`.execute(broken.db)
  const fault = await reader.get('/sites')
  expect([fault.status, fault.body.type]).toEqual([500, '/api/v1/docs#problem-fault'])
  expect(fault.text).not.toContain('api_keys')
  await apart.close()
  await broken.close()
})

describe('while the database is away', () => {
  const app = webApp(webContext())

  test('a request is told to come again', async () => {
    const headers = { authorization: `Bearer uptick_${'A'.repeat(43)}` }
    const response = await app.request('/api/v1/sites', { headers })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toMatchObject({ type: '/api/v1/docs#problem-unavailable' })
  })

  test('nothing is healthy', async () => {
    const response = await app.request('/api/v1/health')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      healthy: false,
      database: false,
      scheduling: false,
      recording: false,
    })
  })
})
