import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Operator, openOperator } from '../../test/support/operator.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

/** What visitors are told: incidents in words, and planned work. */

let database: TestDatabase
let operator: Operator
beforeAll(async () => {
  database = await openTestDatabase()
  operator = await openOperator(database)
  await sql`insert into site_config (id, name, url) values (7, 'shop', 'http://127.0.0.1/')`.execute(
    database.db,
  )
})
afterAll(async () => {
  await operator.close()
  await database.close()
})

type Fields = Readonly<Record<string, string>>

const problemsIn = (text: string) =>
  [...text.matchAll(/id="([a-z_]+)-problem">([^<]+)</g)].map(([, field]) => field)

async function rowsOf(table: 'incidents' | 'incident_updates' | 'maintenance') {
  const { rows } = await sql<
    Readonly<Record<string, unknown>>
  >`select * from ${sql.table(table)} order by id`.execute(database.db)
  return rows
}

describe('an incident', () => {
  const fields: Fields = { title: 'Slow payments', status: 'identified', body: 'We *know*.' }

  async function opened(own: Fields = {}): Promise<string> {
    const { location, text } = await operator.post('/dashboard/incidents/new', {
      ...fields,
      ...own,
    })
    if (location === null) throw new Error(text)
    return location
  }

  test('is told with its first words, of the sites that it names', async () => {
    const path = await opened({ site_ids: '7', tags: 'prod\r\neu west' })
    expect((await rowsOf('incidents')).at(-1)).toMatchObject({
      title: 'Slow payments',
      status: 'identified',
      // The driver's word for an int8 in an array.
      site_ids: ['7'],
      tags: ['prod', 'eu west'],
    })
    const { text } = await operator.get(path)
    expect(text).toContain('<p>We <em>know</em>.</p>')
    expect(text).toContain('>shop</bdi>')
    expect((await operator.get('/dashboard/incidents')).text).toContain('Slow payments')
  })

  test('goes on by updates until it is resolved', async () => {
    const path = await opened()
    await operator.post(`${path}/updates`, { status: 'resolved', body: 'Over.' })
    expect((await rowsOf('incidents')).at(-1)).toMatchObject({
      status: 'resolved',
      resolved_at: expect.any(Date),
    })
    await operator.post(`${path}/updates`, { status: 'monitoring', body: 'Not quite.' })
    expect((await rowsOf('incidents')).at(-1)).toMatchObject({
      status: 'monitoring',
      resolved_at: null,
    })
  })

  test('is removed with its updates', async () => {
    const path = await opened({ body: 'to be removed' })
    await operator.post(`${path}/remove`)
    expect((await operator.get(path)).location).toBe('/dashboard/incidents')
    expect(JSON.stringify(await rowsOf('incident_updates'))).not.toContain('to be removed')
    expect((await operator.post(`${path}/updates`, fields)).location).toBe(path)
  })

  test.each<[string, Fields, readonly string[]]>([
    ['without a title', { title: ' ' }, ['title']],
    ['with a title of 201 characters', { title: 'x'.repeat(201) }, ['title']],
    ['without a word', { body: '' }, ['body']],
    ['with too many words', { body: 'x'.repeat(10_001) }, ['body']],
    ['in a state of nobody', { status: 'fine' }, ['status']],
    ['of a site that is not there', { site_ids: '7, 8' }, ['site_ids']],
    ['of something that is no number', { site_ids: 'shop' }, ['site_ids']],
    ['with NUL', { title: 'a\u0000b' }, ['title']],
    ['with several faults, all of which are told', { title: '', body: '' }, ['title', 'body']],
  ])('%s is refused at its field', async (_, own, problems) => {
    const before = (await rowsOf('incidents')).length
    const { status, text } = await operator.post('/dashboard/incidents/new', { ...fields, ...own })
    expect([status, problemsIn(text)]).toEqual([422, problems])
    expect(await rowsOf('incidents')).toHaveLength(before)
  })

  test.each(['<script>alert(1)</script>', '[x](javascript:alert(1))', '![x](https://evil.test/a)'])(
    'of hostile words (%s) is text, in the preview as well',
    async (body) => {
      const path = await opened({ body, title: '<img src=x>' })
      for (const { text } of [
        await operator.get(path),
        await operator.post('/dashboard/incidents/preview', { body }),
      ]) {
        expect(text).not.toMatch(/<script>alert|<img src=x|href="javascript:|<img src="https:/)
      }
    },
  )
})

describe('maintenance', () => {
  const once: Fields = {
    title: 'New servers',
    kind: 'once',
    starts_at: '2030-01-01T10:00',
    ends_at: '2030-01-01T12:30',
  }
  const weekly: Fields = {
    title: 'Backups',
    kind: 'recurring',
    starts_local: '02:30',
    duration_minutes: '90',
    time_zone: 'Europe/Berlin',
  }
  const plan = (fields: Fields) => operator.post('/dashboard/maintenance/new', fields)

  test('is planned once, in UTC', async () => {
    expect((await plan({ ...once, published: 'true', tags: 'prod' })).status).toBe(303)
    expect((await rowsOf('maintenance')).at(-1)).toMatchObject({
      starts_at: new Date('2030-01-01T10:00:00Z'),
      ends_at: new Date('2030-01-01T12:30:00Z'),
      tags: ['prod'],
      published: true,
      time_zone: null,
    })
    const { text } = await operator.get('/dashboard/maintenance')
    expect(text).toContain('2030-01-01 10:00:00 UTC to 2030-01-01 12:30:00 UTC')
  })

  test('is planned again and again, by the clock of its zone', async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...weekly, month_days: '1, 15' }))
      form.append(name, value)
    for (const day of ['6', '7']) form.append('weekdays', day)
    form.append('last_day', '2031-12-31')
    expect((await operator.post('/dashboard/maintenance/new', form)).status).toBe(303)
    expect((await rowsOf('maintenance')).at(-1)).toMatchObject({
      starts_local: '02:30:00',
      duration_minutes: 90,
      weekdays: [6, 7],
      month_days: [1, 15],
      starts_at: null,
      published: false,
    })
    const { text } = await operator.get('/dashboard/maintenance')
    expect(text).toContain(
      'Saturday, Sunday, on day 1, 15 of the month at 02:30 Europe/Berlin for 1h 30m, until 2031-12-31',
    )
  })

  test.each<[string, Fields, readonly string[]]>([
    ['that ends before it starts', { ...once, ends_at: '2029-01-01T00:00' }, ['ends_at']],
    ['without an end', { ...once, ends_at: '' }, ['ends_at']],
    ['at a time that is none', { ...once, starts_at: '2030-13-01T00:00' }, ['starts_at']],
    ['at a time of 30 February', { ...once, starts_at: '2030-02-30T00:00' }, ['starts_at']],
    ['in a zone that nobody knows', { ...weekly, time_zone: 'Europe/Berlni' }, ['time_zone']],
    ['at an hour that no clock has', { ...weekly, starts_local: '24:00' }, ['starts_local']],
    ['of no minutes', { ...weekly, duration_minutes: '0' }, ['duration_minutes']],
    ['on the eighth day of the week', { ...weekly, weekdays: '8' }, ['weekdays']],
    ['on 31 February', { ...weekly, first_day: '2030-02-31' }, ['first_day']],
    [
      'that is over before it began',
      { ...weekly, first_day: '2030-02-02', last_day: '2030-02-01' },
      ['last_day'],
    ],
    ['without a title', { ...once, title: '' }, ['title']],
    ['of a site that is not there', { ...once, site_ids: '8' }, ['site_ids']],
  ])('%s is refused at its field', async (_, fields, problems) => {
    const before = (await rowsOf('maintenance')).length
    const { status, text } = await plan(fields)
    expect(status).toBe(422)
    // Boxes have no line of their own: the list at the top leads to them.
    const named = [...text.matchAll(/<li><a href="#([a-z_]+)">/g)].map(([, field]) => field)
    expect(named).toEqual(problems)
    expect(await rowsOf('maintenance')).toHaveLength(before)
  })

  test('is shown to visitors or not, and removed', async () => {
    await plan({ ...once, title: '<b>work</b>' })
    const { id } = (await rowsOf('maintenance')).at(-1) ?? {}
    const path = `/dashboard/maintenance/${id}`
    await operator.post(`${path}/publish`)
    expect((await rowsOf('maintenance')).at(-1)).toMatchObject({ id, published: true })
    await operator.post(`${path}/hide`)
    expect((await rowsOf('maintenance')).at(-1)).toMatchObject({ id, published: false })
    expect((await operator.get('/dashboard/maintenance')).text).not.toContain('<b>work')
    await operator.post(`${path}/remove`)
    expect((await rowsOf('maintenance')).map((row) => row.id)).not.toContain(id)
  })
})
