import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Doors, type SaidOfSite } from './doors.ts'

/**
 * Rows 8 to 20: what somebody says of a site that is odd and no mistake, through each door that there
 * is, and rows that have something to do with others.
 */

let doors: Doors
beforeAll(async () => {
  doors = await Doors.open()
})
beforeEach(() => doors.clear())
afterAll(() => doors.close())

const url = 'http://127.0.0.1:9/'
const neighbour = { url, name: 'neighbour' }

/** The address that the job of a site asks. */
const askedAt = async (name: string) => {
  const { rows: jobs } = await sql<{ url: string }>`
    select j.data->'target'->>'url' as url from pgboss.job j join site_config c on c.id = (j.data->>'site_id')::int8
    where c.name = ${name} and j.name = 'check'`.execute(doors.database.db)
  return jobs.map((job) => job.url)
}

describe('is taken through every door, and checked', () => {
  test.each<[string, SaidOfSite, string]>([
    [
      '8: a backslash, which every browser reads as a slash',
      { url: 'http://127.0.0.1:9\\x' },
      'http://127.0.0.1:9/x',
    ],
    [
      '8: %00 in a path, which is three plain characters',
      { url: 'http://127.0.0.1:9/%00' },
      'http://127.0.0.1:9/%00',
    ],
    [
      '9: a host in capital letters, asked in small ones',
      { url: 'HTTP://LOCALHOST:9/A' },
      'http://localhost:9/A',
    ],
    [
      '9: a host in another script, asked in punycode',
      { url: 'http://bücher.localhost:9/' },
      'http://xn--bcher-kva.localhost:9/',
    ],
    [
      '9: a homograph, asked as what it is',
      { url: 'http://ex\u0430mple.localhost:9/' },
      'http://xn--exmple-4nf.localhost:9/',
    ],
    ['9: a host with its dot', { url: 'http://localhost.:9/' }, 'http://localhost.:9/'],
    [
      '10: the port of SSH (differs: any service may be watched)',
      { url: 'tcp://127.0.0.1:22' },
      'tcp://127.0.0.1:22',
    ],
    ['10: the port of SMTP', { url: 'tcp://127.0.0.1:25' }, 'tcp://127.0.0.1:25'],
    [
      '10: the port of Redis, as a page',
      { url: 'http://127.0.0.1:6379/' },
      'http://127.0.0.1:6379/',
    ],
    [
      '12: a timeout as long as the interval (differs: each check ends at its own deadline)',
      { url, cadence: '1m', timeout_ms: 60_000 },
      url,
    ],
  ])('%s', async (_, said, asked) => {
    expect(await doors.request({ name: 'a', ...said })).toEqual([])
    expect(await doors.file({ name: 'b', ...said })).toEqual([])
    expect(await doors.form({ name: 'c', ...said })).toEqual([])
    expect(await doors.insert({ name: 'd', ...said })).toEqual([])
    expect(await doors.checked()).toEqual(['a', 'b', 'c', 'd'])
    expect(await askedAt('d')).toEqual([asked])
  })

  test.each([
    ['that is markup', '<script>alert(1)</script>'],
    ['with a right-to-left override', 'a\u202eb'],
    ['of emoji', '🛒👩‍👩‍👧'],
    ['that is a formula', '=cmd()'],
    ['that is a template', '{{constructor}} \u0024{7*7} {% include "/etc/passwd" %}'],
  ])('18: a name %s, stored as it is: what shows it makes it harmless', async (_, name) => {
    const said = (path: string) => ({ url: `${url}${path}`, name })
    expect(await doors.request(said('a'))).toEqual([])
    expect(await doors.file(said('b'))).toEqual([])
    expect(await doors.form(said('c'))).toEqual([])
    expect(await doors.insert(said('d'))).toEqual([])
    expect(await doors.stored()).toEqual([name, name, name, name])
  })
})

describe('what is left out or null is the default', () => {
  test('11, 13: an interval of 5 minutes, thresholds of 2', async () => {
    await doors.request({ url, name: 'a', cadence: null, failure_threshold: null })
    await doors.file({ url, name: 'b', cadence: null, recovery_threshold: null })
    await doors.insert({ url, name: 'c' })
    const sites = doors.database.db
      .selectFrom('site_config')
      .select(['cadence', 'failure_threshold as f', 'recovery_threshold as r'])
    expect(await sites.execute()).toEqual(Array(3).fill({ cadence: '5m', f: 2, r: 2 }))
  })
})

describe('11: a cadence of one’s own', () => {
  test.each([
    ['0 seconds', 0, 'cadence_between_one_second_and_one_day'],
    ['less than none', -5, 'cadence_between_one_second_and_one_day'],
    ['a billion seconds', 1e9, 'cadence_between_one_second_and_one_day'],
    ['half a second', 0.5, '22P02'],
    ['seconds in words', '60s', '22P02'],
    ['no number', Number.NaN, '22P02'],
    ['nothing', null, '23502'],
  ])('of %s is refused', async (_, seconds, code) => {
    const inserted = sql`insert into cadence (name, seconds) values ('odd', ${seconds})`.execute(
      doors.database.db,
    )
    const error = await inserted.then(
      () => null,
      (thrown: object) => thrown,
    )
    expect(error).toMatchObject(/^\d/.test(code) ? { code } : { constraint: code })
  })
})

describe('19: two sites', () => {
  test('of one id are a conflict in SQL, and the first stays as it is', async () => {
    expect(await doors.insert({ ...neighbour, id: 7 })).toEqual([])
    expect(await doors.insert({ url, name: 'other', id: 7 })).toEqual(['site_config_pkey'])
    expect([await doors.stored(), await doors.checked()]).toEqual([['neighbour'], ['neighbour']])
  })

  test('of one URL are two if their names differ, and both are checked', async () => {
    expect(await doors.request(neighbour)).toEqual([])
    expect(await doors.request({ url, name: 'other' })).toEqual([])
    await doors.turn()
    expect(await doors.checked()).toEqual(['neighbour', 'other'])
  })

  test('of one URL and name are told in a request, a form and a file', async () => {
    expect(await doors.request(neighbour)).toEqual([])
    expect(await doors.request(neighbour)).toEqual([expect.stringMatching(/^409 /)])
    expect(await doors.file(neighbour, neighbour)).toEqual([
      'line 2, site 2: has the url and name of line 1, site 1',
    ])
    expect(await doors.stored()).toEqual(['neighbour'])
  })

  test('9: of one URL in two spellings are two (differs: a URL is the text that was given)', async () => {
    expect(await doors.request(neighbour)).toEqual([])
    expect(await doors.request({ ...neighbour, url: 'HTTP://127.0.0.1:9' })).toEqual([])
  })
})

describe('20: a row that is edited to garbage by SQL while its job is queued', () => {
  test('keeps the job as it was, is marked in the next turn, and gets no other', async () => {
    expect(await doors.insert({ ...neighbour, cadence: '1m' })).toEqual([])
    expect(await doors.insert({ url, name: 'edited', body_regex: 'ok' })).toEqual([])
    await sql`update site_config set body_regex = '(' where name = 'edited'`.execute(
      doors.database.db,
    )
    const { invalid } = await doors.turn()
    expect(invalid).toEqual([{ siteId: 2, reason: expect.stringMatching(/^body_regex: "\("/) }])
    const { rows: jobs } = await sql<{ name: string; regex: string | null }>`
      select c.name, j.data->'expectation'->>'bodyRegex' as regex
      from pgboss.job j join site_config c on c.id = (j.data->>'site_id')::int8 order by 1`.execute(
      doors.database.db,
    )
    expect(jobs).toEqual([
      { name: 'edited', regex: 'ok' },
      { name: 'neighbour', regex: null },
    ])
  })
})
