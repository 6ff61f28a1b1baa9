import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runUptick } from '../../test/support/run-uptick.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'

/** `uptick sites ...` as a person or a script starts it. */

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await openTestDatabase()
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-sites-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

const ids: Record<string, number> = {}
const EVIL = '\u001b[2J=a\u202ebevil|\n\u0007'
beforeEach(async () => {
  await database.db.deleteFrom('site_config').execute()
  const rows = await database.db
    .insertInto('site_config')
    .values([
      { name: 'shop', url: 'https://shop.test/', tags: ['eu', 'shop'], slug: 'shop-page' },
      { name: 'twin', url: 'https://a.test/', tags: ['eu'] },
      { name: 'twin', url: 'https://b.test/' },
      { url: 'https://nameless.test/', enabled: false },
      { name: 'job', url: 'heartbeat:secret-token-1234', kind: 'heartbeat' },
    ])
    .returning(['id', 'url'])
    .execute()
  for (const { id, url } of rows) ids[new URL(url).host || 'job'] = id
})

/** `sites ARGS`; a host of the fleet, in braces, is its id. */
function sites(...args: readonly string[]) {
  const known = args.map((arg) => arg.replace(/\{(.*)\}/, (_, host) => String(ids[host])))
  return runUptick(['sites', ...known], { DATABASE_ADMIN_URL: database.url })
}

async function enabledUrls(): Promise<readonly string[]> {
  const rows = await database.db
    .selectFrom('site_config')
    .select('url')
    .where('enabled', '=', true)
    .orderBy('id')
    .execute()
  return rows.map(({ url }) => url)
}

const urlsOf = (json: string): readonly string[] =>
  JSON.parse(json).sites.map(({ url }: { url: string }) => url)

describe('uptick sites list', () => {
  test('shows each site in a line, and never a whole token', async () => {
    const { code, out, err } = await sites('list')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')[0]).toMatch(/^ *id +state +for +site +every +latency +last$/)
    expect(out).toMatch(/unknown +shop +5m +never checked\n/)
    expect(out).toMatch(/paused +https:\/\/nameless\.test\//)
    expect(out).toContain('\n5 sites\n')
    expect(out).not.toContain('secret-token')
  })

  test.each<[string, readonly string[], readonly string[]]>([
    ['of a tag', ['--tag', 'shop'], ['https://shop.test/']],
    ['of either tag', ['--tag', 'shop', '--tag', 'eu'], ['https://shop.test/', 'https://a.test/']],
    ['in a state', ['--state', 'paused'], ['https://nameless.test/']],
    ['by a part of the name', ['--search', 'SHO'], ['https://shop.test/']],
    ['by a part of the URL', ['--search', 'b.test'], ['https://b.test/']],
    ['but not by a token', ['--search', 'secret-token-1234'], []],
    ['where a percent sign is just that', ['--search', '%'], []],
    ['so many', ['--limit', '1'], ['https://shop.test/']],
  ])('%s', async (_, args, urls) => {
    const { code, out } = await sites('list', '--json', ...args)
    expect({ code, urls: urlsOf(out) }).toEqual({ code: 0, urls })
  })

  test('says how many there are beyond its limit', async () => {
    expect((await sites('list', '--limit=2')).out).toContain('2 of 5 sites: --limit 0 shows all')
    expect(JSON.parse((await sites('list', '--limit=2', '--json')).out).total).toBe(5)
  })

  test('is steered by no name', async () => {
    await database.db
      .insertInto('site_config')
      .values({ name: EVIL, url: 'https://evil.test/' })
      .execute()
    const { out } = await sites('list', '--search', 'evil')
    expect(out).toContain('abevil|')
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
  })

  test.each([
    [['--limit=x'], '--limit: "x" must be a whole number'],
    [
      ['--state=dwon'],
      '--state: "dwon" must be down, invalid, unknown, up, or paused: did you mean down?',
    ],
    [['shop'], '"shop": what is this?'],
  ])('refuses %j', async (args, problem) => {
    const { code, err } = await sites('list', ...args)
    expect(code).toBe(2)
    expect(err).toContain(problem)
  })
})

describe('uptick sites add', () => {
  test('stores what its options say', async () => {
    const { code, out, err } = await sites(
      'add',
      'https://new.test/x',
      '--name=New',
      '--cadence=1m',
      '--tag=a b',
      '--tag=c',
      '--alert-email=a@b.test',
      '--header=X-A: 1',
      '--condition=[STATUS] == 200',
      '--disabled',
      '--slo-target=99.9',
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^added site \d+: New, https:\/\/new\.test\/x\nit is paused/)
    const row = database.db.selectFrom('site_config').selectAll().where('name', '=', 'New')
    expect(await row.executeTakeFirst()).toMatchObject({
      url: 'https://new.test/x',
      cadence: '1m',
      tags: ['a b', 'c'],
      alert_emails: ['a@b.test'],
      headers: { 'X-A': '1' },
      conditions: '[STATUS] == 200',
      enabled: false,
      slo_target: 99.9,
    })
  })

  test('gives a heartbeat a token that nobody can guess, and says where to call', async () => {
    const { out } = await sites('add', 'heartbeat:new', '--name=nightly')
    expect(out).toMatch(/calls WEB\/ping\/[0-9a-f-]{36} when/)
  })

  test('rehearses, and as JSON says what became of it', async () => {
    const first = await sites('add', 'https://new.test/', '--dry-run', '--json')
    expect(JSON.parse(first.out)).toEqual({
      outcome: 'would_be_added',
      url: 'https://new.test/',
      name: null,
    })
    const second = await sites('add', 'https://new.test/', '--json')
    expect(JSON.parse(second.out)).toMatchObject({ outcome: 'added', id: expect.any(Number) })
    const third = await sites('add', 'https://new.test/', '--json')
    expect(JSON.parse(third.out)).toMatchObject({
      outcome: 'exists',
      id: JSON.parse(second.out).id,
    })
    expect(third.code).toBe(1)
  })

  test('does not add what is there', async () => {
    const { code, err } = await sites('add', 'https://shop.test/', '--name=shop')
    expect({ code, err }).toEqual({
      code: 1,
      err: `uptick sites add: site ${ids['shop.test']} is this one: shop, https://shop.test/\n`,
    })
  })

  test('tells every problem at once, in the words of the options', async () => {
    const args = ['--timeout-ms=5', '--cert-days-min=x', '--header=y', '--slo-target=100']
    const { code, out, err } = await sites('add', 'ftp://x.test', ...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    for (const name of ['URL', '--timeout-ms', '--cert-days-min', '--header', '--slo-target']) {
      expect(err).toContain(`  - ${name}: `)
    }
  })

  test.each([
    ['a cadence that there is not', ['--cadence=1min'], '--cadence: "1min" must be one of'],
    [
      'what does not go together',
      ['--json-path=a', '--body-regex=b'],
      '--json-path and --body-regex exclude each other',
    ],
    ['a rule that is none', ['--condition=[STATSU] == 200'], '[STATSU]'],
  ])('refuses %s', async (_, args, problem) => {
    const { code, err } = await sites('add', 'https://new.test/', ...args)
    expect(code).toBe(2)
    expect(err).toContain(problem)
  })
})

describe('uptick sites export and import', () => {
  test.each(['yaml', 'json', 'csv'])('go round in %s', async (format) => {
    const exported = await sites('export', '--format', format)
    expect(exported).toMatchObject({ code: 0, err: '' })
    const file = path.join(folder, `all.${format}`)
    await writeFile(file, exported.out)
    await database.db.deleteFrom('site_config').execute()
    const loaded = await sites('import', file, '--json')
    expect(JSON.parse(loaded.out)).toEqual({
      outcome: 'loaded',
      inserted: 5,
      updated: 0,
      unchanged: 0,
    })
    expect((await sites('export', '--format', format)).out).toBe(exported.out)
  })

  test('rehearse', async () => {
    const file = path.join(folder, 'new.csv')
    await writeFile(file, 'url,name\nhttps://new.test/,new\n')
    const { code, out } = await sites('import', file, '--dry-run')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^\+ "new"\n.*\nNothing/) })
    expect(await enabledUrls()).not.toContain('https://new.test/')
  })

  test('say beforehand what an import would refuse', async () => {
    await database.db.insertInto('cadence').values({ name: '7s', seconds: 7 }).execute()
    await database.db
      .updateTable('site_config')
      .set({ cadence: '7s' })
      .where('name', '=', 'shop')
      .execute()
    await database.db
      .updateTable('site_config')
      .set({ validity: 'invalid', invalid_reason: 'x' })
      .where('name', '=', 'shop')
      .execute()
    const { code, err } = await sites('export', '--format=csv', '--tag=shop')
    expect(code).toBe(0)
    expect(err).toContain('1 site is invalid')
    expect(err).toContain('must be there first: 7s')
  })

  test.each<[string, string, string, number, string]>([
    ['a bad row', 'a.csv', 'url\nx\n', 1, 'line 2: url'],
    ['another kind of file', 'a.txt', '', 1, 'must be a .csv'],
  ])('import refuses %s', async (_, name, content, code, part) => {
    const file = path.join(folder, name)
    await writeFile(file, content)
    const ended = await sites('import', file)
    expect(ended).toMatchObject({ code, out: '', err: expect.stringContaining(part) })
  })
})

describe('uptick sites pause, resume and remove', () => {
  test.each<[string, readonly string[], string]>([
    ['an id', ['{shop.test}'], 'https://shop.test/'],
    ['a slug', ['shop-page'], 'https://shop.test/'],
    ['a name', ['shop'], 'https://shop.test/'],
    ['a URL', ['https://b.test/'], 'https://b.test/'],
  ])('find a site by %s', async (_, words, url) => {
    const before = await enabledUrls()
    const { code, out } = await sites('pause', ...words)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^paused: 1 site\n/) })
    expect(await enabledUrls()).toEqual(before.filter((other) => other !== url))
    await sites('resume', ...words)
    expect(await enabledUrls()).toEqual(before)
  })

  test('take all of a tag, each site once', async () => {
    const { out } = await sites('pause', 'shop', '--tag=eu', '--json')
    expect(JSON.parse(out)).toMatchObject({ outcome: 'paused', unchanged: 0, sites: [{}, {}] })
  })

  test('leave alone what is so already', async () => {
    expect((await sites('pause', 'https://nameless.test/')).out).toBe(
      'paused: 0 sites\npaused already: 1 site\n',
    )
  })

  test.each<[string, readonly string[], string]>([
    ['a name that two have', ['pause', 'twin'], '"twin": may be any of the sites'],
    ['nobody', ['pause', 'shop', 'shpo'], '"shpo": there is no such site'],
    ['a tag that none has', ['pause', '--tag=nope'], 'no site has "nope"'],
    ['a token', ['pause', 'heartbeat:secret-token-1234'], 'there is no such site'],
  ])('do nothing at all for %s', async (_, args, problem) => {
    const before = await enabledUrls()
    const { code, err } = await sites(...args)
    expect(code).toBe(1)
    expect(err).toContain(problem)
    expect(await enabledUrls()).toEqual(before)
  })

  test('remove wants --yes where nobody can be asked, and rehearses without it', async () => {
    expect(await sites('remove', 'shop')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes: is needed'),
    })
    expect((await sites('remove', 'shop', '--dry-run')).out).toContain('would be removed: 1 site')
    expect(await enabledUrls()).toContain('https://shop.test/')
    expect((await sites('remove', 'shop', '--yes')).out).toContain('removed: 1 site')
    expect(await enabledUrls()).not.toContain('https://shop.test/')
  })

  test('want to know which sites', async () => {
    expect(await sites('remove', '--yes')).toMatchObject({ code: 2 })
  })
})

test.each(['list', 'export', 'pause', 'add', 'import'])(
  'uptick sites %s ends with 3 and one line when the database is away',
  async (name) => {
    const file = path.join(folder, 'x.csv')
    await writeFile(file, 'url\n')
    const word = { add: ['https://a.test/'], pause: ['x'], import: [file] }[name] ?? []
    const env = { DATABASE_ADMIN_URL: 'postgres://someone:hunter2@127.0.0.1:1/x' }
    const { code, out, err } = await runUptick(['sites', name, ...word], env)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toMatch(
      /^uptick sites [a-z]+: the database at 127\.0\.0\.1:1\/x .*ECONNREFUSED.*\n$/,
    )
  },
)
