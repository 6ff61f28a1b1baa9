import { type KyselyPlugin, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '#db/connect.ts'
import { type ApiClient, type ApiUnderTest, serveApi } from '../support/api-client.ts'
import { serveWeb } from '../support/serve-web.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { sayRaw } from './raw-request.ts'

/**
 * Rows 25 to 29, 57 and 58: requests as somebody sends them who means no good, or whose program is
 * broken. Each is answered with a problem that says what is wrong, never with a stack; and the next
 * request is served.
 */

let database: TestDatabase
let api: ApiUnderTest
let all: ApiClient
beforeAll(async () => {
  database = await openTestDatabase()
  let nowMs = Date.now()
  api = await serveApi(database, { nowMs: () => (nowMs += 1_000) })
  all = await api.as('read', 'write', 'check')
})
beforeEach(() =>
  sql`truncate site_config restart identity cascade`.execute(database.db).then(() => undefined),
)
afterAll(async () => {
  await api.close()
  await database.close()
})

const url = 'http://127.0.0.1:9/'
const isWell = async () => {
  const answer = await all.send('POST', '/sites', { body: { url, name: 'neighbour' } })
  expect(answer.status).toBe(201)
}
/** Nothing of how it is made. */
const innards = /\bat .*\.ts:|node_modules|\.ts:\d+|Error:|select |insert into/i

const post = (fields: readonly string[], body = '') =>
  [
    'POST /api/v1/sites HTTP/1.1',
    'Host: a',
    `Authorization: Bearer ${all.key}`,
    ...fields,
    '',
    body,
  ].join('\r\n')
const asJson = (body: string) =>
  post(['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`], body)

describe('25: a body', () => {
  test.each<[sentence: string, request: () => string, status: number, words: RegExp]>([
    ['that is no JSON', () => asJson('{"url": '), 400, /"detail":"line 1: is not JSON/],
    ['that is empty', () => asJson(''), 400, /is not JSON/],
    ['that is a list', () => asJson('[]'), 400, /the body must be an object/],
    ['that is null', () => asJson('null'), 400, /the body must be an object/],
    [
      'with a text for a number',
      () => asJson(`{"url":"${url}","timeout_ms":"x"}`),
      422,
      /timeout_ms.*must be a whole number/,
    ],
    ['with a list for a text', () => asJson(`{"url":["${url}"]}`), 422, /"field":"url"/],
    ['with a map for a list', () => asJson(`{"url":"${url}","tags":{}}`), 422, /"field":"tags"/],
    [
      'with a number beyond all numbers',
      () => asJson(`{"url":"${url}","slo_target":1e400}`),
      422,
      /slo_target.*must be a number between 0 and 100/,
    ],
    [
      'with a key twice',
      () => asJson(`{"url":"${url}","url":"x"}`),
      400,
      /the key \\"url\\" is there twice/,
    ],
    [
      'with a key twice, once in disguise',
      () => asJson(`{"url":"${url}","\\u0075rl":"x"}`),
      400,
      /the key \\"url\\" is there twice/,
    ],
    [
      'with __proto__',
      () => asJson(`{"url":"${url}","__proto__":{"enabled":false}}`),
      422,
      /unknown field \\"__proto__\\"/,
    ],
    [
      'with constructor',
      () => asJson(`{"url":"${url}","constructor":{"prototype":{}}}`),
      422,
      /unknown field \\"constructor\\"/,
    ],
    [
      'without a type',
      () => post([`Content-Length: 2`], '{}'),
      415,
      /send it with Content-Type: application\/json/,
    ],
    [
      'as a form',
      () => post(['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 5'], 'url=a'),
      415,
      /send it with/,
    ],
    [
      'with a chunk that is none',
      () => post(['Content-Type: application/json', 'Transfer-Encoding: chunked'], 'zz\r\n'),
      400,
      /^HTTP\/1\.1 400/,
    ],
    [
      'with two lengths',
      () =>
        post(
          ['Content-Type: application/json', 'Content-Length: 2', 'Transfer-Encoding: chunked'],
          '0\r\n\r\n',
        ),
      400,
      /^HTTP\/1\.1 400/,
    ],
    [
      'with a length below zero',
      () => post(['Content-Type: application/json', 'Content-Length: -1']),
      400,
      /^HTTP\/1\.1 400/,
    ],
  ])('%s is refused', async (_, request, status, words) => {
    const answer = await sayRaw(api.origin, request())
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(words)])
    expect(answer.text).not.toMatch(innards)
    await isWell()
  })

  test('of 5 MiB that says so is refused, and the connection closed', async () => {
    const answer = await sayRaw(
      api.origin,
      post(['Content-Type: application/json', 'Content-Length: 5242880']),
    )
    expect(answer).toMatchObject({ status: 413, end: 'closed' })
    await isWell()
  })

  test('in chunks without end is refused as soon as it is too long, and the connection closed', async () => {
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
    const start = post(['Content-Type: application/json', 'Transfer-Encoding: chunked'])
    const answer = await sayRaw(api.origin, start, () => chunk)
    expect(answer).toMatchObject({ status: 413, end: 'closed' })
    await isWell()
  })
})

test('26: a field with a typing error is told what was meant, in a site and in a query', async () => {
  const site = await all.send('POST', '/sites', { body: { url, failure_thresold: 3 } })
  expect([site.status, site.body.errors]).toEqual([
    422,
    [
      {
        field: 'failure_thresold',
        reason: 'unknown field "failure_thresold": did you mean failure_threshold?',
      },
    ],
  ])
  const query = await all.get('/sites?limt=3')
  expect([query.status, query.body.errors]).toEqual([
    400,
    [{ field: 'limt', reason: 'is not known here: did you mean limit?' }],
  ])
  await isWell()
})

describe('27: an id', () => {
  test.each([
    ['of a sentence', '1 OR 1=1'],
    ['of a statement', "1'; drop table sites; --"],
    ['of a path', '../../x'],
    ['of a uuid in capital letters', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'],
    ['beyond 63 bits', '9223372036854775808'],
    ['at 2^63 - 1', '9223372036854775807'],
    ['below zero', '-1'],
    ['of half a number', '1.5'],
    ['of a number in another notation', '1e0'],
    ['in the digits of another script', '١'],
    ['of NUL', '\u0000'],
    ['of 5,000 characters', 'x'.repeat(5_000)],
  ])('%s is that of none', async (_, id) => {
    await all.send('POST', '/sites', { body: { url } })
    for (const path of [`/sites/${encodeURIComponent(id)}`, `/outages/${encodeURIComponent(id)}`]) {
      const answer = await all.get(path)
      expect([404, 400]).toContain(answer.status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.text).not.toMatch(innards)
    }
    expect((await all.get('/sites/1')).status).toBe(200)
  })
})

describe('28: a query', () => {
  test.each([
    ['for fewer than none', '/sites?limit=-1', 'limit'],
    ['for a billion', '/sites?limit=1e9', 'limit'],
    ['for a billion in digits', '/sites?limit=1000000000', 'limit'],
    ['from a page of nobody', '/sites?cursor=junk', 'cursor'],
    ['of a window that ends before it begins', '/uptime?from=2026-06-02&to=2026-06-01', 'to'],
    ['of ten years', '/uptime?from=2016-01-01&to=2026-01-01', 'to'],
    ['of a day that there is not', '/outages?from=2026-02-30', 'from'],
    ['of a day before all clocks', '/outages?from=0001-01-01', 'from'],
  ])('%s is refused by its name', async (_, path, field) => {
    const answer = await all.get(path)
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([
      { field: expect.stringMatching(`^(${field}|from)$`), reason: expect.any(String) },
    ])
    expect(answer.text).not.toMatch(innards)
    await isWell()
  })

  test('that takes the database too long is ended by it: web waits for 4 s (differs: not 2)', async () => {
    const db = connect(
      {
        connectionString: database.urlAs('uptick_web'),
        applicationName: 'test',
        maxConnections: 1,
        statementTimeoutMs: 50,
      },
      () => undefined,
    )
    await expect(sql`select pg_sleep(10)`.execute(db)).rejects.toMatchObject({ code: '57014' })
    await db.destroy()
  })
})

test('29: of two who change one site at once, one is told that it has changed (412), and loses nothing', async () => {
  const added = await all.send('POST', '/sites', { body: { url } })
  const headers = { 'if-match': added.headers.get('etag') ?? '' }
  const patch = (name: string) => all.send('PATCH', '/sites/1', { headers, body: { name } })
  const answers = await Promise.all([patch('a'), patch('b')])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
  const winner = answers.find(({ status }) => status === 200)?.body.name
  expect((await all.get('/sites/1')).body.name).toBe(winner)
})

describe('57: a slug', () => {
  test.each([
    ['that is a path', '..%2f', 404],
    ['that is a word of ours', 'admin', 404],
    ['of 300 characters', 'x'.repeat(300), 404],
    ['that cannot be decoded', '%ff', 404],
  ])('%s is that of no page and no badge', async (_, slug, status) => {
    expect((await fetch(`${api.origin}/sites/${slug}`)).status).toBe(status)
    const badge = await fetch(`${api.origin}/api/v1/endpoints/${slug}/health/badge.svg`)
    expect([[200, 404].includes(badge.status), (await badge.text()).includes(slug)]).toEqual([
      true,
      false,
    ])
  })

  test.each(['..%2f', '../x', 'x'.repeat(300), 'A b', '-a', ''])(
    '%j is refused in a request',
    async (slug) => {
      const answer = await all.send('POST', '/sites', { body: { url, slug } })
      expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'slug'])
      await isWell()
    },
  )

  test('that is taken is a conflict', async () => {
    await all.send('POST', '/sites', { body: { url, slug: 'admin' } })
    const answer = await all.send('POST', '/sites', { body: { url, name: 'b', slug: 'admin' } })
    expect(answer.body).toMatchObject({ status: 409, errors: [{ field: 'slug' }] })
    await isWell()
  })
})

describe('58: a badge that all the world asks for', () => {
  /** How many statements web sends. */
  let statements = 0
  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      statements++
      return node
    },
    transformResult: async ({ result }) => result,
  }

  test('costs the database next to nothing, and has a tag by which it is not sent again (differs: nobody is refused)', async () => {
    await sql`insert into site_config (url, name, slug, published) values (${url}, 'shop', 'shop', true)`.execute(
      database.db,
    )
    const db = connect(
      {
        connectionString: database.urlAs('uptick_web'),
        applicationName: 'test',
        maxConnections: 4,
      },
      () => undefined,
    )
    const web = await serveWeb(database, { db: db.withPlugin(counting) })
    const badge = `${web.origin}/api/v1/endpoints/shop/health/badge.svg`
    const first = await fetch(badge)
    const etag = first.headers.get('etag') ?? ''
    expect([first.status, etag, first.headers.get('cache-control')]).toEqual([
      200,
      expect.stringMatching(/^".{22}"$/),
      'public, max-age=60',
    ])
    statements = 0
    let answered = 0
    for (let round = 0; round < 20; round++) {
      const asked = Array.from({ length: 50 }, () =>
        fetch(badge, { headers: { 'if-none-match': etag } }),
      )
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      answered += statuses.filter((status) => status === 304).length
    }
    expect(answered).toBe(1_000)
    expect(statements).toBeLessThan(50)
    await web.close()
    await db.destroy()
  })
})
