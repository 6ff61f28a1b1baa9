import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alwaysPainted, runCommand } from '../../test/support/run-command.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { reportCommand } from './report-command.ts'
import { type ReportTopic, reportTopics } from './report-shape.ts'

/** Reports of a history that is written by SQL, in all their forms. Days are counted back from today. */

const DAY_MS = 86_400_000
const HOUR_S = 3_600
const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS
const dayText = (back: number) => new Date(todayMs - back * DAY_MS).toISOString().slice(0, 10)

const HOSTILE = '=cmd|\u001b[31mred\u001b[0m\n| <img src=x>\u202e'
/** Two days, of which `steady` was seen up wholly, `shop` was down for two hours, and `hostile` was seen on the first alone. */
const WINDOW = [`--from=${dayText(4)}`, `--to=${dayText(2)}`] as const

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  const { db } = database
  const created = new Date(todayMs - 6 * DAY_MS)
  const site = { cadence: '1h', created_at: created, sla_ms: 500 }
  await db
    .insertInto('site_config')
    .values([
      { ...site, url: 'http://127.0.0.1/', name: 'steady', tags: ['web'], slo_target: 99 },
      { ...site, url: 'http://127.0.0.2/', name: 'shop', tags: ['web', 'shop'], slo_target: 99.9 },
      { ...site, url: 'http://127.0.0.3/', name: HOSTILE, tags: ['|', '=1'] },
      { ...site, url: 'http://127.0.0.4/', name: 'paused', enabled: false },
    ])
    .execute()
  await addHours('site_id in (1, 2)', dayText(5), dayText(2))
  await addHours('site_id = 3', dayText(5), dayText(3))
  await sql`update ping_status set result = 'down', failure = 'timeout', message = 'no answer', latency_ms = 10000
    where site_id = 2 and slot >= ${dayText(4)}::timestamptz + interval '3 hours'
      and slot < ${dayText(4)}::timestamptz + interval '5 hours'`.execute(db)
  await sql`insert into outages (id, site_id, started_at, detected_at, ended_at, failure, message, opened_slot, closed_slot)
    select gen_random_uuid(), 2, min(slot), max(checked_at), max(slot) + interval '1 hour', 'timeout', 'no answer',
      max(slot), max(slot) + interval '2 hours'
    from ping_status where site_id = 2 and result = 'down'`.execute(db)
})
afterAll(() => database.close())

/** A check an hour, on the sites' grid, that took 100 ms. */
async function addHours(whose: string, from: string, to: string): Promise<void> {
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, status_code, latency_ms, connect_ms, ttfb_ms, worker)
    select s.site_id, slot, slot + interval '40 milliseconds', 'up', 200, 100, 20, 80, 'w'
    from sites s
    cross join lateral (select to_timestamp(site_phase(s.site_id, ${HOUR_S}::int)) - to_timestamp(0) as phase) as p
    cross join lateral generate_series(${from}::timestamptz + phase, ${to}::timestamptz - interval '1 second',
      interval '1 hour') as slot
    where ${sql.raw(whose)}`.execute(database.db)
}

const run = (topic: ReportTopic, args: readonly string[], options: object = {}) =>
  runCommand(reportCommand(topic), args, { databaseUrl: database.url, ...options })

async function printed(topic: ReportTopic, ...args: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await run(topic, [...WINDOW, ...args])
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  return out
}

type Json = Readonly<Record<string, unknown>> & {
  readonly sites: readonly Readonly<Record<string, unknown>>[]
}

async function asJson(topic: ReportTopic, ...args: readonly string[]): Promise<Json> {
  return JSON.parse(await printed(topic, '--json', ...args))
}

const namesIn = ({ sites }: Json) => sites.map(({ site_name }) => site_name)

describe('of uptime', () => {
  test('tells of each site what was seen of it, in full', async () => {
    const report = await asJson('uptime', '--site=shop')
    expect(report).toMatchObject({
      report: 'uptime',
      from: `${dayText(4)}T00:00:00.000Z`,
      to: `${dayText(2)}T00:00:00.000Z`,
      policy: 'observed',
    })
    expect(report.sites).toEqual([
      {
        site_id: 2,
        site_name: 'shop',
        url: 'http://127.0.0.2/',
        tags: ['web', 'shop'],
        window_s: 48 * HOUR_S,
        up_s: 46 * HOUR_S,
        down_s: 2 * HOUR_S,
        unknown_s: 0,
        unwatched_s: 0,
        unknown_in_outage_s: 0,
        maintenance_s: 0,
        counted_up_s: 46 * HOUR_S,
        counted_down_s: 2 * HOUR_S,
        uptime: 46 / 48,
        coverage: 1,
        watched_coverage: 1,
      },
    ])
  })

  test.each<[string, readonly string[], readonly string[]]>([
    ['begins with the worst', [], ['shop', HOSTILE, 'steady', 'paused']],
    ['begins with the best', ['--sort=best'], [HOSTILE, 'steady', 'shop', 'paused']],
    ['by name', ['--sort=name'], [HOSTILE, 'paused', 'shop', 'steady']],
    [
      'begins with what was observed least',
      ['--sort=coverage'],
      ['paused', HOSTILE, 'shop', 'steady'],
    ],
    ['of a tag', ['--tag=web'], ['shop', 'steady']],
    [
      'of several tags, and a site besides',
      ['--tag=shop', '--tag=none', '--site=4'],
      ['shop', 'paused'],
    ],
    ['no more than so many', ['--limit=1'], ['shop']],
  ])('%s', async (_, args, names) => {
    expect(namesIn(await asJson('uptime', ...args))).toEqual(names)
  })

  test('counts what nobody saw as its policy says', async () => {
    const strict = await asJson('uptime', '--policy=strict', '--site=3')
    expect(strict.sites[0]?.uptime).toBeLessThan(0.6)
    const lenient = await asJson('uptime', '--policy=lenient', '--site=3')
    expect(lenient.sites[0]?.uptime).toBe(1)
  })

  test('as a table has a bar of days, totals, and says what is missing', async () => {
    const lines = (await printed('uptime')).split('\n')
    expect(lines.slice(0, 3)).toEqual([
      `Uptime from ${dayText(4)} 00:00 to ${dayText(2)} 00:00 UTC`,
      'Policy observed: Only what was seen counts, planned or not.',
      expect.stringMatching(/^4 sites, observed 6\d\.\d+ % of the time$/),
    ])
    expect(lines[4]).toMatch(/^site +days +uptime +down +unknown +not watched +observed$/)
    expect(lines[5]).toMatch(/^shop +▆█ +95\.833 % +2h 00m +none +none +100 %$/)
    expect(lines[6]).toMatch(
      /^=cmd\|red \| <img src=x> +█░ +100 % +none +23h \d\dm +none +5\d\.\d+ %$/,
    )
    expect(lines[7]).toMatch(/^steady +██ +100 % +none +none +none +100 %$/)
    expect(lines[8]).toMatch(/^paused +·· +n\/a +none +none +2d 0h +0 %$/)
    expect(lines[9]).toMatch(/^4 sites together +98\.\d+ % +2h 00m +/)
  })

  test.each([80, 60, 40])('fits a terminal of %i columns', async (columns) => {
    const { out } = await run('uptime', WINDOW, { columns })
    const table = out.split('\n').slice(4, -3)
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 60))
    expect(table.some((line) => line.includes('▆'))).toBe(columns === 80)
  })

  test.each<[string, readonly string[], number, string]>([
    ['a policy that is not there', ['--policy=observd'], 1, 'did you mean observed?'],
    ['a site that is not there', ['--site=stedy'], 1, 'no site "stedy": did you mean steady?'],
    ['a limit that is none', ['--limit=few'], 2, '--limit: "few" must be a whole number'],
    ['an order that is none', ['--sort=size'], 2, '--sort: "size" must be worst, best'],
    ['two forms at once', ['--json', '--format=csv'], 2, '--json and --format: leave one'],
    ['an instant without a zone', ['--from=2026-01-01T12:00'], 2, 'or an instant with its zone'],
    ['a day that is none', ['--from=2026-02-30'], 2, '--from: "2026-02-30" must be a day'],
    ['two beginnings', ['--from=2026-01-01', '--since=7d'], 2, '--since and --from: leave one'],
    ['an end alone', ['--to=2026-01-01'], 2, '--to: needs --from'],
  ])('refuses %s', async (_, args, exitCode, part) => {
    const end = await run('uptime', args)
    expect(end).toMatchObject({ exitCode, out: '' })
    expect(end.err).toContain(part)
  })
})

test.each([
  ['is coloured where that is forced', { FORCE_COLOR: '1' }, true],
  ['is not where the output is no terminal', {}, false],
  ['is not with NO_COLOR', { NO_COLOR: '1' }, false],
])('a report %s', async (_, env, isColoured) => {
  const { NO_COLOR, FORCE_COLOR, ...usual } = process.env
  const uptick = path.join(import.meta.dirname, '../uptick')
  const { stdout, stderr } = await promisify(execFile)(uptick, ['report', 'uptime', ...WINDOW], {
    env: { ...usual, ...env, DATABASE_URL: database.url },
  })
  expect(stderr).toBe('')
  expect(stdout).toContain('Uptime from')
  expect(stdout.includes('\u001b[32m█')).toBe(isColoured)
})

describe('of latency', () => {
  test('tells each phase that was reached, the slowest site first', async () => {
    await database.db
      .updateTable('ping_status')
      .set({ sla_met: true })
      .where('site_id', '=', 1)
      .execute()
    const report = await asJson('latency')
    expect(namesIn(report)).toHaveLength(3)
    expect(report.sites.find(({ site_id }) => site_id === 1)).toMatchObject({
      sla_ms: 500,
      sla_met_share: 1,
      phases: [
        { phase: 'total', checks: 48, p50_ms: 100, p95_ms: 100, p99_ms: 100, max_ms: 100 },
        { phase: 'connect', p50_ms: 20 },
        { phase: 'ttfb', p50_ms: 80 },
      ],
    })
  })

  test('as a table has a curve and the share within the SLA', async () => {
    const out = await printed('latency', '--site=1')
    expect(out).toMatch(
      /\nsteady +whole +100 ms +100 ms +100 ms +100 ms +48 +100 % of 500 ms +█{24}\n/,
    )
    expect(out).toMatch(/\n +first byte +80 ms/)
  })
})

describe('of outages', () => {
  test('tells how often, how long and how far apart', async () => {
    expect((await asJson('outages')).sites).toMatchObject([
      {
        site_name: 'shop',
        outages: 1,
        down_s: 7200,
        mttr_s: 7200,
        mtbf_s: 46 * HOUR_S,
        longest_s: 7200,
        open: false,
      },
    ])
  })

  test('as a table leaves out who had none, and counts them', async () => {
    const out = await printed('outages')
    expect(out).toContain('\n1 outage of 1 site; 3 sites had none\n')
    expect(out).toMatch(/\nshop +1 +2h 00m +2h 00m +2h 00m +1d 22h\n/)
    expect(await printed('outages', '--site=steady')).toContain('\n\nNo outages.\n')
  })
})

describe('of objectives', () => {
  test('tells what is left of the budget, the worst first', async () => {
    const { sites } = await asJson('slo')
    expect(sites).toMatchObject([
      { site_name: 'shop', slo_target: 99.9, spent_s: 7200, met: false },
      {
        site_name: 'steady',
        slo_target: 99,
        budget_s: 1728,
        left_s: 1728,
        left_share: 1,
        met: true,
      },
    ])
  })

  test('as a table has a bar, and no rounding that flatters', async () => {
    const out = await printed('slo')
    expect(out).toMatch(/\nshop +99\.9 % +95\.833 % +░{20} 0 % +-1h 57m +2m +100 % +missed\n/)
    expect(out).toMatch(/\nsteady +99 % +100 % +█{20} 100 % +28m +28m +100 % +met\n/)
  })
})

describe('of the cadence', () => {
  test('tells what was due, what was missed, and how late checks began', async () => {
    expect((await asJson('cadence')).sites[0]).toMatchObject({
      site_id: 3,
      cadence_s: 3600,
      expected: 48,
      made: 24,
      missed: 24,
      kept: 0.5,
      // From histograms: at most 5 % off.
      late_p50_ms: expect.closeTo(40, -0.6),
    })
  })

  test('sums up by cadence when all sites are meant, and not when some are', async () => {
    expect(await printed('cadence')).toMatch(/By cadence\n.*\n1h +4 +144 +24 +83\.333 %/)
    expect(await printed('cadence', '--tag=web')).not.toContain('By cadence')
  })
})

describe.each(reportTopics)('of %s', (topic) => {
  test('as CSV is read back whole, and holds no formula', async () => {
    const out = await printed(topic, '--format=csv')
    expect(out.endsWith('\r\n')).toBe(true)
    const rows: Record<string, string>[] = parse(out, { columns: true, relax_column_count: false })
    expect(rows.length).toBeGreaterThan(0)
    const cells = rows.flatMap((row) => Object.values(row))
    expect(cells.filter((value) => /^[=+@]|^-(?![\d.]+$)/.test(value))).toEqual([])
    expect(out).not.toContain('\u001b')
  })

  test('as Markdown has as many cells in each row, whatever sites are called', async () => {
    const out = await printed(topic, '--format=md')
    const rows = out.split('\n').filter((line) => line.startsWith('|'))
    const tables = out.split(/\n\n/).filter((block) => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(0)
    for (const table of tables) {
      const widths = table
        .trim()
        .split('\n')
        .map((row) => row.match(/(?<!\\)\|/g)?.length)
      expect(new Set(widths).size).toBe(1)
    }
    expect(rows.join('')).not.toMatch(/<img|\u202e/)
  })

  test('as a table or JSON steers no terminal, and is painted only where that is wanted', async () => {
    for (const form of ['--format=table', '--json']) {
      const out = await printed(topic, form)
      expect(out).not.toContain('\u001b')
      expect(out).not.toContain('\u202e')
    }
    const painted = await run(topic, WINDOW, { paint: alwaysPainted })
    expect(painted.out).toContain('\u001b[1m')
    const unpainted = await run(topic, [...WINDOW, '--no-color'], { paint: alwaysPainted })
    expect(unpainted.out).not.toContain('\u001b')
  })

  test('is enough for a login that may only read, and for a window of nothing', async () => {
    const databaseUrl = database.urlAs('uptick_reader')
    const args = ['--from=2020-01-01', '--to=2020-01-02']
    expect(await run(topic, args, { databaseUrl })).toMatchObject({ exitCode: 0, err: '' })
  })

  test('as JSON has no field that its reference leaves out', async () => {
    const reference = await readFile(path.join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
    const report = await asJson(topic)
    const nested = [report, ...report.sites, ...report.sites.flatMap(({ phases }) => phases ?? [])]
    const fields = new Set(nested.flatMap((one) => Object.keys(one ?? {})))
    expect([...fields].filter((field) => !reference.includes(`\`${field}\``))).toEqual([])
  })

  test('shows its options', async () => {
    const { out } = await run(topic, ['--help'])
    expect(out).toMatch(new RegExp(`^usage: uptick report ${topic} \\[options\\]`))
    expect(out.includes('--policy')).toBe(topic === 'uptime' || topic === 'slo')
  })
})
