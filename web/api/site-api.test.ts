import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadedColumns } from '#db/loaded-columns.ts'
import { type ApiClient, type ApiUnderTest, serveApi } from '../../test/support/api-client.ts'
import { schemaDifferences } from '../../test/support/schema-differences.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { ref } from './answer-schemas.ts'
import { maskedColumns } from './site-json.ts'

let database: TestDatabase
let api: ApiUnderTest
let all: ApiClient
let reader: ApiClient
let nowMs = Date.UTC(2026, 5, 1)
beforeAll(async () => {
  database = await openTestDatabase()
  // Each look at the clock is a second later: no test is about rates.
  api = await serveApi(database, { nowMs: () => (nowMs += 1_000) })
  all = await api.as('read', 'write', 'check')
  reader = await api.as('read')
})
afterAll(async () => {
  await api.close()
  await database.close()
})
beforeEach(() => sql`truncate site_config restart identity cascade`.execute(database.db))

const url = 'http://127.0.0.1:9/'
const add = (fields: object = {}) => all.send('POST', '/sites', { body: { url, ...fields } })
const idOf = async (fields: object = {}) => Number((await add(fields)).body.id)
const patch = (id: number, body: unknown, match: string) =>
  all.send('PATCH', `/sites/${id}`, { body, headers: { 'if-match': match } })
const waiting = async () =>
  (await sql<{ site_id: number }>`select site_id from check_request`.execute(database.db)).rows

describe('a site that is added', () => {
  test('is answered as it is stored, with its address and its version, and is checked', async () => {
    const added = await add({ name: 'shop', cadence: '1m', headers: { 'X-A': 'b' }, slug: 'shop' })
    expect(added.status).toBe(201)
    expect(added.headers.get('location')).toBe('/api/v1/sites/1')
    expect(added.headers.get('etag')).toMatch(/^"\d{16}"$/)
    expect(added.body).toMatchObject({
      id: 1,
      slug: 'shop',
      name: 'shop',
      cadence: '1m',
      kind: 'http',
      timeout_ms: 10_000,
      headers: { 'X-A': 'b' },
      state: 'unknown',
      last: null,
      certificate: null,
      self: '/api/v1/sites/1',
    })
    expect(await waiting()).toEqual([{ site_id: 1 }])
    expect(schemaDifferences(added.body, ref('Site'))).toEqual([])
    for (const path of ['/sites/1', '/sites/shop', added.body.self]) {
      expect((await all.get(path)).body).toEqual(added.body)
    }
  })

  test('has all columns that there are', async () => {
    expect(Object.keys((await add()).body)).toEqual(expect.arrayContaining([...loadedColumns]))
  })

  test('twice is there once: the second is told which', async () => {
    await add({ name: 'shop' })
    const again = await add({ name: 'shop', cadence: '1m' })
    expect(again.status).toBe(409)
    expect(again.body).toMatchObject({ site_id: 1, self: '/api/v1/sites/1' })
    expect((await add({ name: 'another' })).status).toBe(201)
  })

  test('many times at once is there once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => add({ name: 'shop' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
  })

  test('with a slug that is taken is refused', async () => {
    await add({ slug: 'shop' })
    const answer = await add({ slug: 'shop', name: 'b' })
    expect(answer.body).toMatchObject({
      status: 409,
      errors: [{ field: 'slug', reason: 'is that of another site' }],
    })
  })

  test('with mistakes is told all of them by field', async () => {
    const body = { url: 'ftp://a', timout_ms: 5, timeout_ms: 5, cadence: '7m', id: 3, slug: 'A b' }
    const answer = await all.send('POST', '/sites', { body })
    expect([answer.status, answer.body.type]).toEqual([422, '/api/v1/docs#problem-bad-site'])
    const reasons = Object.fromEntries(
      answer.body.errors.map(({ field, reason }: Record<string, string>) => [field, reason]),
    )
    expect(reasons).toEqual({
      id: 'is told, and cannot be set',
      slug: expect.stringContaining('must be 1 to 64 small letters'),
      url: expect.stringContaining('must begin with http://'),
      timeout_ms: '5 must be a whole number from 100 to 60000',
      cadence: expect.stringContaining('must be one of '),
      timout_ms: 'unknown field "timout_ms": did you mean timeout_ms?',
    })
  })

  test.each<[string, object, string]>([
    ['two rules that exclude each other', { json_path: 'a', body_regex: 'b' }, 'json_path'],
    ['what only code can judge', { body_regex: '(' }, 'body_regex'],
    ['a password in its address', { url: 'http://u:hunter2@127.0.0.1/' }, 'url'],
    ['headers that frame the message', { headers: { Host: 'a' } }, 'headers'],
    ['a header called __proto__', JSON.parse('{"headers":{"__proto__":{"a":1}}}'), 'headers'],
  ])('with %s is refused', async (_, fields, field) => {
    const answer = await add(fields)
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, field])
    expect(answer.text).not.toContain('hunter2')
  })

  test('with thousands of fields that nobody knows is refused at once', async () => {
    const fields = Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`f${at}`, at]))
    const answer = await add(fields)
    expect([answer.status, answer.body.errors]).toEqual([
      422,
      [{ field: null, reason: '9001 fields are too many' }],
    ])
  })
})

describe('a list of sites', () => {
  test('goes on where it was, whoever is added or removed meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add({ name })
    const first = await all.get('/sites?limit=2')
    expect(first.headers.get('link')).toBe(`<${first.body.next}>; rel="next"`)
    await add({ name: 'f' })
    await all.send('DELETE', '/sites/2')
    const second = await all.get(first.body.next)
    const third = await all.get(second.body.next)
    const names = [first, second, third].flatMap(({ body }) =>
      body.sites.map(({ name }: { name: string }) => name),
    )
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(third.body.next).toBe(null)
    expect(third.headers.get('link')).toBe(null)
  })

  test.each([
    ['by a tag', 'tag=shop', ['a', 'b']],
    ['by a word, in small letters or capital', 'search=EU', ['b']],
    ['by two words', 'search=shop%20B', ['b']],
    ['by kind', 'kind=dns', ['c']],
    ['by state', 'state=paused', ['d']],
    ['by a word with wildcards of SQL', 'search=%25', []],
  ])('is filtered %s', async (_, query, expected) => {
    await add({ name: 'a', tags: ['shop'] })
    await add({ name: 'b', tags: ['shop', 'eu'] })
    await add({ name: 'c', url: 'dns:example.com' })
    await add({ name: 'd', enabled: false })
    const { body } = await all.get(`/sites?${query}`)
    expect(body.sites.map(({ name }: { name: string }) => name)).toEqual(expected)
  })
})

describe('a change', () => {
  test('is of what it names alone, and asks for a check', async () => {
    const before = await add({ name: 'shop', headers: { 'X-A': 'a', 'X-B': 'b' }, tags: ['x'] })
    await sql`delete from check_request`.execute(database.db)
    const after = await patch(
      1,
      { cadence: '1m', headers: { 'X-A': null, 'X-C': 'c' }, tags: null },
      before.headers.get('etag') ?? '',
    )
    expect(after.status).toBe(200)
    expect(after.body).toEqual({
      ...before.body,
      cadence: '1m',
      headers: { 'X-B': 'b', 'X-C': 'c' },
      tags: [],
      updated_at: after.body.updated_at,
    })
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'))
    expect(await waiting()).toEqual([{ site_id: 1 }])
  })

  test('of nothing writes nothing, and keeps the version', async () => {
    const before = await add({ name: 'shop', headers: { 'X-A': 'a' } })
    await sql`delete from check_request`.execute(database.db)
    const match = before.headers.get('etag') ?? ''
    const after = await patch(1, { name: 'shop', headers: { 'X-A': 'a' } }, match)
    expect([after.status, after.headers.get('etag')]).toEqual([200, match])
    expect(await waiting()).toEqual([])
  })

  test('without a version, or by one that is over, is refused', async () => {
    const before = await add()
    const without = await all.send('PATCH', '/sites/1', { body: { name: 'a' } })
    expect([without.status, without.body.type]).toEqual([428, '/api/v1/docs#problem-no-version'])
    const match = before.headers.get('etag') ?? ''
    expect((await patch(1, { name: 'a' }, match)).status).toBe(200)
    expect((await patch(1, { name: 'b' }, match)).status).toBe(412)
    expect((await patch(1, { name: 'b' }, `W/${match}`)).status).toBe(412)
    expect((await all.get('/sites/1')).body.name).toBe('a')
    expect((await patch(1, { name: 'b' }, '*')).status).toBe(200)
  })

  test('by two at once is made by one of them', async () => {
    const match = (await add()).headers.get('etag') ?? ''
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => patch(1, { name }, match)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
  })

  test('is not held up by what checks see, nor by the verdict of the scheduler', async () => {
    const match = (await add()).headers.get('etag') ?? ''
    await sql`update site_config set validity = 'valid'`.execute(database.db)
    await sql`update sites set status = 'up', status_since = now()`.execute(database.db)
    expect((await patch(1, { name: 'a' }, match)).status).toBe(200)
  })

  test('of its address may be one of its kind', async () => {
    await add()
    const after = await patch(1, { url: 'tcp://127.0.0.1:5432' }, '*')
    expect(after.body).toMatchObject({ url: 'tcp://127.0.0.1:5432', kind: 'tcp' })
  })

  test.each<[string, object, string]>([
    ['its address', { url: null }, 'url'],
    ['what the rest of it excludes', { sla_is_failure: true }, 'sla_ms'],
    ['its id', { id: 2 }, 'id'],
    ['a field of nobody', { colour: 'red' }, 'colour'],
  ])('of %s is refused', async (_, body, field) => {
    await add()
    const answer = await patch(1, body, '*')
    expect([answer.status, answer.body.errors.length]).toEqual([422, 1])
    expect(answer.text).toContain(field)
  })

  test('of a site that is not there is told', async () => {
    expect((await patch(7, { name: 'a' }, '*')).status).toBe(404)
  })
})

describe('a site', () => {
  test('is removed, and then it is gone', async () => {
    const match = (await add()).headers.get('etag') ?? ''
    const remove = (headers = {}) => all.send('DELETE', '/sites/1', { headers })
    expect((await remove({ 'if-match': '"1"' })).status).toBe(412)
    expect(await remove({ 'if-match': match })).toMatchObject({ status: 204, text: '' })
    expect((await remove()).status).toBe(404)
  })

  test('is paused and resumed, asked once or twice', async () => {
    await add()
    const states = []
    for (const verb of ['pause', 'pause', 'resume', 'resume'])
      states.push((await all.send('POST', `/sites/1/${verb}`)).body.state)
    expect(states).toEqual(['paused', 'paused', 'unknown', 'unknown'])
    expect((await all.send('POST', '/sites/2/pause')).status).toBe(404)
  })

  test('is checked now, and told where the result will be', async () => {
    await add()
    await sql`delete from check_request`.execute(database.db)
    const asked = await all.send('POST', '/sites/1/check')
    expect(asked.status).toBe(202)
    const location = asked.headers.get('location') ?? ''
    expect(asked.body).toMatchObject({ site_id: 1, results: location })
    expect(schemaDifferences(asked.body, ref('CheckAsked'))).toEqual([])
    expect(await waiting()).toEqual([{ site_id: 1 }])
    expect((await all.get(location)).body).toEqual({ results: [], next: null })
    // As the scheduler makes its slot: the whole second of the database's clock.
    await sql`select make_ping_status_partitions(current_date, current_date)`.execute(database.db)
    await sql`insert into ping_status (site_id, slot, checked_at, result, worker, occasion)
      select 1, date_trunc('second', now()), now(), 'up', 'w', 'request'`.execute(database.db)
    expect((await all.get(location)).body.results).toMatchObject([
      { result: 'up', occasion: 'request' },
    ])
  })

  test.each([
    ['paused', sql`update site_config set enabled = false`, 'resume it first'],
    [
      'invalid',
      sql`update site_config set validity = 'invalid', invalid_reason = 'x'`,
      'cannot check it',
    ],
  ])('that is %s is not checked now', async (_, change, detail) => {
    await add()
    await change.execute(database.db)
    const answer = await all.send('POST', '/sites/1/check')
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining(detail)])
  })

  test('whose slug is another’s id is meant by its slug alone', async () => {
    await add()
    await add({ name: 'b', slug: '1' })
    expect((await all.get('/sites/1')).body.id).toBe(1)
  })
})

describe('what is not for everybody', () => {
  const secrets = {
    headers: { 'X-Token': 'secret-1' },
    method: 'POST',
    body: 'secret-2',
    bearer_token_secret: 'secret-3',
    tls_ca_file: 'secret-4',
    alert_emails: ['secret-5@example.com'],
  }

  test('is seen by a key that may change it', async () => {
    await add(secrets)
    const seer = await api.as('read', 'write')
    expect((await seer.get('/sites/1')).body).toMatchObject(secrets)
  })

  test('is masked for a key that may only read, in every form', async () => {
    const id = await idOf(secrets)
    await add({ url: 'heartbeat:secret-6-token', name: 'job' })
    const one = await reader.get(`/sites/${id}`)
    expect(one.body).toMatchObject({
      headers: { 'X-Token': '***' },
      body: '***',
      bearer_token_secret: '***',
      basic_auth_user: null,
      alert_emails: ['***'],
    })
    const list = await reader.get('/sites')
    expect(list.body.sites[1].url).toBe('heartbeat:secr...')
    expect(one.text + list.text).not.toContain('secret-')
  })

  test('is all that the role of reports may not see', async () => {
    const { rows } = await sql<{ hidden: string }>`
      select column_name as hidden from information_schema.columns
      where table_name = 'site_config' and not has_column_privilege('uptick_reader', 'site_config', column_name, 'select')`.execute(
      database.db,
    )
    const hidden = rows.map((row) => row.hidden).filter((name) => name !== 'url')
    const settable = hidden.filter((name) => loadedColumns.some((column) => column === name))
    expect(settable.sort()).toEqual([...maskedColumns].sort())
  })
})

test('hostile values come back as they are, as JSON and never as HTML', async () => {
  const name = '<script>alert(1)</script>"\u2028'
  const added = await add({ name, tags: ["'; drop table sites; --"] })
  expect(added.body).toMatchObject({ name, tags: ["'; drop table sites; --"] })
  expect(added.headers.get('content-type')).toBe('application/json')
  expect(added.headers.get('x-content-type-options')).toBe('nosniff')
})

describe('whatever JSON is sent', () => {
  const words = [
    'url',
    'name',
    'headers',
    'tags',
    'slug',
    'id',
    'conditions',
    'expected_headers',
    '__proto__',
  ]
  const anyValue = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom('\u0000', '\ud800', 'http://127.0.0.1/', '{{secret:}}', 1e308, -0, 2 ** 53),
    fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
  )
  const anyField = fc.tuple(fc.constantFrom(...words, ...loadedColumns), anyValue)
  const anyBody = fc.oneof(
    fc
      .array(anyField, { maxLength: 6 })
      .map((fields) => Object.fromEntries([['url', url], ...fields])),
    fc.array(anyField, { maxLength: 6 }).map((fields) => Object.fromEntries(fields)),
    anyValue,
  )

  test('a site is added or refused, and nothing breaks', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const { status, text } = await all.send('POST', '/sites', { body: JSON.stringify(body) })
        expect([201, 400, 409, 422], text).toContain(status)
      }),
      { numRuns: 150 },
    )
  })

  test('a site is changed or refused, and nothing breaks', async () => {
    await add({ headers: { 'X-A': 'a' } })
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const { status, text } = await patch(1, JSON.stringify(body), '*')
        expect([200, 400, 409, 422], text).toContain(status)
      }),
      { numRuns: 150 },
    )
  })
})
