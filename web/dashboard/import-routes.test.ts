import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Operator, openOperator } from '../../test/support/operator.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

let database: TestDatabase
let operator: Operator
let nowMs = Date.now()
beforeAll(async () => {
  database = await openTestDatabase()
  operator = await openOperator(database, { nowMs: () => nowMs })
})
afterAll(async () => {
  await operator.close()
  await database.close()
})
beforeEach(async () => {
  nowMs = Date.now()
  await sql`delete from site_config`.execute(database.db)
  await sql`insert into site_config (name, url, timeout_ms) values ('shop', 'http://127.0.0.1/a', 5000)`.execute(
    database.db,
  )
})

const UPLOAD = '/dashboard/import'

function upload(name: string, content: string | Uint8Array<ArrayBuffer>) {
  const form = new FormData()
  form.append('file', new File([content], name))
  return operator.post(UPLOAD, form)
}
const idIn = (text: string) => /name="id" value="([^"]*)"/.exec(text)?.[1] ?? ''
const load = (id: string) => operator.post(`${UPLOAD}/load`, { id })

async function sites() {
  const { rows } = await sql<{ name: string | null; url: string; timeout_ms: number }>`
    select name, url, timeout_ms from site_config order by url`.execute(database.db)
  return rows
}
const asBefore = [{ name: 'shop', url: 'http://127.0.0.1/a', timeout_ms: 5_000 }]
const csv = `name,url,timeout_ms
shop,http://127.0.0.1/a,6000
<b>new</b>,http://127.0.0.1/b,
`

describe('a file', () => {
  test('is looked at first, and stores nothing', async () => {
    const { status, text } = await upload('sites.csv', csv)
    expect(status).toBe(200)
    expect(text).toContain('<del><bdi>5000</bdi></del> <ins><bdi>6000</bdi></ins>')
    expect(text).toContain('&lt;b&gt;new&lt;/b&gt;')
    expect(await sites()).toEqual(asBefore)
  })

  test('is stored when one says so', async () => {
    const { text } = await upload('sites.csv', csv)
    expect((await load(idIn(text))).location).toBe(UPLOAD)
    expect(await sites()).toEqual([
      { name: 'shop', url: 'http://127.0.0.1/a', timeout_ms: 6_000 },
      { name: '<b>new</b>', url: 'http://127.0.0.1/b', timeout_ms: 10_000 },
    ])
  })

  test('that says what is there already has nothing to store', async () => {
    const { text } = await upload(
      'sites.yaml',
      'sites:\n  - {name: shop, url: http://127.0.0.1/a}\n',
    )
    expect(text).toContain('The file says what is stored already.')
    expect(idIn(text)).toBe('')
  })

  test('is stored once by one word', async () => {
    const id = idIn((await upload('sites.csv', csv)).text)
    await load(id)
    expect((await load(id)).status).toBe(409)
  })

  test('is not kept for longer than a quarter of an hour', async () => {
    const id = idIn((await upload('sites.csv', csv)).text)
    nowMs += 15 * 60_000
    const { status, text } = await load(id)
    expect(status).toBe(409)
    expect(text).toContain('choose it again')
    expect(await sites()).toEqual(asBefore)
  })

  test('is told its problems with their lines, and nothing of it is stored', async () => {
    const { status, text } = await upload('sites.csv', `${csv}x,ftp://a,\ny,http://127.0.0.1/c,1\n`)
    expect(status).toBe(422)
    expect(text).toContain('<td class="number">line 4</td>')
    expect(text).toContain('<td class="number">line 5</td>')
    expect(idIn(text)).toBe('')
    expect(await sites()).toEqual(asBefore)
  })

  test('that became wrong meanwhile is told, and not stored', async () => {
    const file = 'name,url,body_regex\nshop,http://127.0.0.1/a,x\n'
    const id = idIn((await upload('sites.csv', file)).text)
    await sql`update site_config set json_path = 'a'`.execute(database.db)
    const { status, text } = await load(id)
    expect(status).toBe(422)
    expect(text).toContain('json_path and body_regex exclude each other')
  })

  test.each<[string, string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['of another kind', 'sites.txt', 'x', /sites\.txt: must be a \.csv/],
    ['with a hostile name', '<img src=x>', 'x', /&lt;img src=x&gt;: must be/],
    ['without a name', '', '', /Choose a file first/],
    ['that is empty', 'sites.csv', '', /the file is empty/],
    ['that is no UTF-8', 'sites.csv', new Uint8Array([0x75, 0xff, 0x0a]), /is not UTF-8/],
    ['that is no YAML', 'sites.yaml', 'a: [', /<td class="number">/],
  ])('%s is refused in words', async (_, name, content, words) => {
    const { status, text } = await upload(name, content)
    expect(status).toBe(422)
    expect(text).toMatch(words)
    expect(text).not.toContain('<img src=x')
  })

  test('larger than 10 MiB is not taken', async () => {
    const { status, text } = await upload('sites.csv', new Uint8Array(10 * 1024 * 1024 + 70_000))
    expect([status, text]).toEqual([413, 'the file is larger than 10 MiB'])
  })
})

describe('an export', () => {
  test.each(['yaml', 'json', 'csv'])('as %s is a file that changes nothing', async (format) => {
    const file = await operator.get(`/dashboard/export?format=${format}`)
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename="uptick-sites.${format}"`,
    )
    const { text } = await upload(`sites.${format}`, file.text)
    expect(text).toContain('The file says what is stored already.')
  })

  test('may be of the sites with a tag', async () => {
    await sql`insert into site_config (url, tags) values ('http://127.0.0.1/t', '{"a b"}')`.execute(
      database.db,
    )
    const { text } = await operator.get('/dashboard/export?format=csv&tag=a+b')
    expect(text).toContain('http://127.0.0.1/t')
    expect(text).not.toContain('http://127.0.0.1/a')
  })

  test('in a format of nobody is refused', async () => {
    expect((await operator.get('/dashboard/export?format=xml')).status).toBe(422)
  })
})
