import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Operator, openOperator } from '../../test/support/operator.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

let database: TestDatabase
let operator: Operator
beforeAll(async () => {
  database = await openTestDatabase()
  operator = await openOperator(database)
})
afterAll(async () => {
  await operator.close()
  await database.close()
})

let count = 0
const freshUrl = () => `http://127.0.0.1/${++count}`

/** The id of a site that was added by the form. */
async function added(fields: Readonly<Record<string, string>> = {}): Promise<number> {
  const { status, location, text } = await operator.post('/dashboard/sites/new', {
    url: freshUrl(),
    ...fields,
  })
  if (status !== 303) throw new Error(text)
  return Number(location?.split('/').at(-1))
}

async function rowOf(id: number): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await sql<
    Readonly<Record<string, unknown>>
  >`select * from site_config where id = ${id}`.execute(database.db)
  return rows[0] ?? {}
}

async function versionOf(id: number): Promise<string> {
  const { text } = await operator.get(`/dashboard/sites/${id}/edit`)
  return /name="version" value="(\d+)"/.exec(text)?.[1] ?? ''
}

/** Every problem that a page shows, by its field. */
const problemsIn = (text: string) =>
  [...text.matchAll(/id="([a-z_]+)-problem"[^>]*>([^<]+)</g)].map(([, field, reason]) => [
    field,
    reason,
  ])

describe('a site', () => {
  test('is added as the form says, and shown', async () => {
    const fields = { name: 'shop & co', cadence: '1m', tags: 'a b\r\nc', headers: '{"X-A":"1"}' }
    const id = await added({ ...fields, enabled: 'false', sla_ms: '250' })
    expect(await rowOf(id)).toMatchObject({
      name: 'shop & co',
      cadence: '1m',
      tags: ['a b', 'c'],
      headers: { 'X-A': '1' },
      enabled: false,
      sla_ms: 250,
    })
    const { status, text } = await operator.get(`/dashboard/sites/${id}`)
    expect(status).toBe(200)
    expect(text).toContain('shop &amp; co')
  })

  test('of a job is given a token', async () => {
    const id = await added({ url: 'heartbeat:new', heartbeat_max_age_s: '60' })
    expect((await rowOf(id)).url).toMatch(/^heartbeat:[0-9a-f-]{36}$/)
  })

  test('that is there already is not added again', async () => {
    const url = freshUrl()
    const id = await added({ url })
    const { status, text } = await operator.post('/dashboard/sites/new', { url })
    expect(status).toBe(409)
    expect(text).toContain(`href="/dashboard/sites/${id}"`)
  })

  test('is refused with every problem at its field, and what was typed is kept', async () => {
    const { status, text } = await operator.post('/dashboard/sites/new', {
      url: 'ftp://x"><b>',
      timeout_ms: '1',
      body_regex: '(',
    })
    expect(status).toBe(422)
    expect(problemsIn(text).map(([field]) => field)).toEqual(['url', 'timeout_ms'])
    expect(text).toContain('value="ftp://x&quot;&gt;&lt;b&gt;"')
    // A group of lesser fields is open where one of them is to be mended.
    expect(text).toMatch(/<details class="panel group" open><summary>The request/)
  })

  test('is gone from its page once it is removed, and the overview says so', async () => {
    const id = await added()
    expect((await operator.get(`/dashboard/sites/${id}/remove`)).text).toContain('no way back')
    expect((await operator.post(`/dashboard/sites/${id}/remove`)).location).toBe('/dashboard')
    expect((await operator.get(`/dashboard/sites/${id}`)).location).toBe('/dashboard')
    expect(await rowOf(id)).toEqual({})
  })
})

describe('a form under way', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['that is fine has no problem', { url: 'http://127.0.0.1/' }, []],
    ['without an address yet is not complained of', { url: '', name: 'x' }, []],
    ['has its problems at their fields', { url: 'x', sla_ms: '-1' }, ['url', 'sla_ms']],
    ['is judged as a whole', { url: 'http://a', sla_is_failure: 'true' }, ['sla_is_failure']],
  ])('%s', async (_, fields, problems) => {
    const { status, text } = await operator.post('/dashboard/sites/validate', fields)
    expect(status).toBe(200)
    expect(problemsIn(text).map(([field]) => field)).toEqual(problems)
  })

  test('of a stored site is judged on top of it', async () => {
    const id = await added({ json_path: 'a' })
    const { text } = await operator.get(`/dashboard/sites/${id}/edit`)
    expect(text).toContain('value="a"')
    const fields = { id: String(id), url: 'x', json_path: 'a', cadence: '5m', enabled: 'true' }
    const judged = await operator.post('/dashboard/sites/validate', fields)
    expect(problemsIn(judged.text).map(([field]) => field)).toContain('url')
  })

  test('stores nothing', async () => {
    const before = await sql`select from site_config`.execute(database.db)
    await operator.post('/dashboard/sites/validate', { url: freshUrl() })
    expect((await sql`select from site_config`.execute(database.db)).rows).toHaveLength(
      before.rows.length,
    )
  })
})

describe('a change', () => {
  const unchanged = { cadence: '5m', enabled: 'true', verify_tls: 'true', timeout_ms: '10000' }

  async function edit(id: number, fields: Readonly<Record<string, string>>, version?: string) {
    const { text } = await operator.get(`/dashboard/sites/${id}/edit`)
    const url = /id="url"[^>]*value="([^"]*)"/.exec(text)?.[1] ?? ''
    const shown = Object.fromEntries(
      [...text.matchAll(/<input type="text" id="([a-z_]+)"[^>]*value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    )
    const chosen = Object.fromEntries(
      [...text.matchAll(/<select id="([a-z_]+)".*?<option value="([^"]*)" selected/gs)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    )
    const form = {
      ...shown,
      ...chosen,
      ...unchanged,
      url,
      version: version ?? (await versionOf(id)),
    }
    return operator.post(`/dashboard/sites/${id}/edit`, { ...form, ...fields })
  }

  test('is stored, and only what was changed', async () => {
    const id = await added({ name: 'before' })
    await sql`update site_config set body_contains = E'a\r\nb' where id = ${id}`.execute(
      database.db,
    )
    const answer = await edit(id, { name: 'after', body_contains: 'a\r\nb' })
    expect([answer.status, answer.location]).toEqual([303, `/dashboard/sites/${id}`])
    expect(await rowOf(id)).toMatchObject({ name: 'after', body_contains: 'a\r\nb' })
  })

  test('on top of somebody else’s is told, and stores nothing', async () => {
    const id = await added({ name: 'before' })
    const version = await versionOf(id)
    await edit(id, { name: 'theirs' })
    const answer = await edit(id, { name: 'mine' }, version)
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('Somebody else has changed this site')
    expect(answer.text).toContain('value="mine"')
    expect((await rowOf(id)).name).toBe('theirs')
    // The form that was shown knows the version that is stored now: sending it again is a decision.
    const again = /name="version" value="(\d+)"/.exec(answer.text)?.[1]
    expect((await edit(id, { name: 'mine' }, again)).status).toBe(303)
  })

  test('may be of its name in links, which is its own', async () => {
    const [first, second] = [await added(), await added()]
    expect((await edit(first, { slug: 'shop-1' })).status).toBe(303)
    expect((await rowOf(first)).slug).toBe('shop-1')
    for (const slug of ['shop-1', 'Shop', '-shop', 'x'.repeat(65), '../x']) {
      const { status, text } = await edit(second, { slug })
      expect([slug, status, problemsIn(text).map(([field]) => field)]).toEqual([
        slug,
        422,
        ['slug'],
      ])
    }
  })

  test('that is refused leaves the site as it is', async () => {
    const id = await added({ name: 'before' })
    const answer = await edit(id, { name: 'after', failure_threshold: '11' })
    expect(answer.status).toBe(422)
    expect(problemsIn(answer.text).map(([field]) => field)).toEqual(['failure_threshold'])
    expect((await rowOf(id)).name).toBe('before')
  })
})

describe('a press of a button', () => {
  test('pauses and resumes', async () => {
    const id = await added()
    expect((await operator.post(`/dashboard/sites/${id}/pause`)).status).toBe(303)
    expect((await rowOf(id)).enabled).toBe(false)
    expect((await operator.get(`/dashboard/sites/${id}`)).text).toContain('Paused')
    await operator.post(`/dashboard/sites/${id}/resume`)
    expect((await rowOf(id)).enabled).toBe(true)
  })

  test('asks for a check, and the page says that it waits', async () => {
    const id = await added()
    await sql`delete from check_request`.execute(database.db)
    await operator.post(`/dashboard/sites/${id}/check`)
    const { rows } = await sql`select from check_request where site_id = ${id}`.execute(database.db)
    expect(rows).toHaveLength(1)
    expect((await operator.get(`/dashboard/sites/${id}`)).text).toContain('A check is asked for')
  })

  test.each(['check', 'pause', 'resume', 'remove', 'edit'])(
    '(%s) on a site that is gone leads back to the others',
    async (name) => {
      for (const id of ['999999', '9'.repeat(30)]) {
        const answer = await operator.post(`/dashboard/sites/${id}/${name}`)
        expect([id, answer.location]).toEqual([id, '/dashboard'])
      }
    },
  )
})
