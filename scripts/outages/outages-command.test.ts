import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outageId } from '#shared/domain/identity.ts'
import { Recording } from '../../test/support/recording.ts'
import { history, slotMs } from '../../test/support/results.ts'
import { alwaysPainted, runCommand } from '../../test/support/run-command.ts'
import { outagesCommand } from './outages-command.ts'

/** What two sites went through, by the consumer's own hand, and what `uptick outages` says of it. */

const HOSTILE = '=HYPERLINK("http://127.0.0.1/","x")|\u001b[2Jwiped <b>'

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
  await recording.addSite({ name: 'shop' })
  await recording.database.db
    .insertInto('site_config')
    .values({ url: 'http://127.0.0.2/', name: HOSTILE, tags: ['hostile'] })
    .execute()
  const shop = history('uffuuuff')
  const hostile = history('uff').map((result) => ({
    ...result,
    siteId: 2,
    message: result.result === 'down' ? '| new\ncell | \u202Eturned' : null,
  }))
  await recording.take(...shop)
  await recording.take(...hostile)
})
afterAll(() => recording.close())

const run = (args: readonly string[], paint = undefined as typeof alwaysPainted | undefined) =>
  runCommand(outagesCommand, args, {
    databaseUrl: recording.database.url,
    ...(paint === undefined ? {} : { paint }),
  })

type Listed = { readonly site_name: string; readonly outage_id: string; readonly ended_at: string }

async function listed(args: readonly string[]): Promise<readonly Listed[]> {
  const { exitCode, out, err } = await run([...args, '--json'])
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  return JSON.parse(out).outages
}

const at = (slot: number) => new Date(slotMs(slot)).toISOString()

describe('uptick outages', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['shows open ones first, then the newest', [], ['shop', HOSTILE, 'shop']],
    ['that are open', ['--open'], ['shop', HOSTILE]],
    [
      'that are open, and were at the end of a window',
      ['--open', `--from=${at(0)}`, `--to=${at(3)}`],
      [HOSTILE],
    ],
    ['of a site by its name, in any letters', ['--site=SHOP'], ['shop', 'shop']],
    ['of a site by its id', ['--site=2'], [HOSTILE]],
    ['of a tag', ['--tag=hostile'], [HOSTILE]],
    ['of a tag that no site has', ['--tag=none'], []],
    ['of a site and a tag: of both', ['--site=1', '--tag=hostile', '--open'], ['shop', HOSTILE]],
    ['of a window before all', ['--from=2020-01-01', '--to=2020-02-01'], []],
    ['of a window that one reaches into', [`--from=${at(2)}`, `--to=${at(3)}`], [HOSTILE, 'shop']],
    ['of a window that begins when one has ended', [`--from=${at(3)}`, `--to=${at(4)}`], [HOSTILE]],
    ['no more than so many', ['--limit=1'], ['shop']],
  ])('%s', async (_, args, names) => {
    expect((await listed(args)).map(({ site_name }) => site_name)).toEqual(names)
  })

  test('tells everything of one as JSON', async () => {
    expect((await listed(['--site=shop'])).at(-1)).toEqual({
      outage_id: outageId(1, slotMs(1)),
      site_id: 1,
      site_name: 'shop',
      url: 'http://127.0.0.1:9/',
      started_at: at(1),
      detected_at: new Date(slotMs(2) + 250).toISOString(),
      ended_at: at(3),
      duration_s: 120,
      failure: 'status',
      message: 'seen at 2',
      status_code: 503,
      remote_address: null,
      held_by: null,
      emails: 1,
      emails_sent: 0,
      emails_failed: 0,
    })
  })

  test('as JSON has no field that its reference leaves out', async () => {
    const reference = await readFile(path.join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
    const fields = Object.keys((await listed([]))[0] ?? {})
    expect(fields.length).toBeGreaterThan(10)
    expect(fields.filter((field) => !reference.includes(`\`${field}\``))).toEqual([])
  })

  test('as a table is one line for each, whatever they are called', async () => {
    const { out } = await run([])
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^Outages from [\d: -]+ to [\d: -]+ UTC$/)
    expect(lines[1]).toBe('3 outages, 2 open')
    expect(lines[3]).toMatch(/^outage +site +began \(UTC\) +lasted +why +told$/)
    expect(lines.slice(4, 7).map((line) => line.slice(0, 8))).toEqual(
      [outageId(1, slotMs(6)), outageId(2, slotMs(1)), outageId(1, slotMs(1))].map((id) =>
        id.slice(0, 8),
      ),
    )
    expect(lines[6]).toMatch(/^\S+ +shop +[\d-]+ [\d:]+ +2m +status: seen at 2 +0 of 1 sent$/)
    expect(out).not.toContain('\u001b')
    expect(out).not.toContain('\u202e')
    expect(lines.slice(7)).toEqual(['', 'uptick explain OUTAGE tells the story of one', ''])
  })

  test('as CSV is what a spreadsheet reads, and no formula', async () => {
    const { out } = await run(['--format=csv'])
    expect(out).toMatch(/^outage_id,site_id,site_name,.*\r\n/)
    const rows: Record<string, string>[] = parse(out, { columns: true })
    expect(rows).toHaveLength(3)
    expect(rows[1]).toMatchObject({
      site_name: `'=HYPERLINK("http://127.0.0.1/","x")|wiped <b>`,
      ended_at: '',
    })
  })

  test('as Markdown is a table that no name can break', async () => {
    const { out } = await run(['--format=md'])
    const rows = out.split('\n').filter((line) => line.startsWith('|'))
    expect(rows).toHaveLength(5)
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7)
    expect(out).toContain('&lt;b&gt;')
    expect(out).not.toContain('http://')
  })

  test('is coloured where colours are wanted', async () => {
    const { out } = await run([], alwaysPainted)
    expect(out).toContain('\u001b[31m')
    const plain = await run(['--no-color'], alwaysPainted)
    expect(plain.out).not.toContain('\u001b')
  })

  test('that are none says so', async () => {
    const { out } = await run(['--from=2020-01-01', '--to=2020-02-01'])
    expect(out).toContain('0 outages, 0 open\n\nNo outages.\n')
  })

  test.each<[string, readonly string[], number, string]>([
    ['a site that is not there', ['--site=shp'], 1, 'no site "shp": did you mean shop?'],
    ['a duration that is none', ['--since=week'], 2, '--since: "week" must be a duration'],
    ['a window back in time', ['--from=2020-02-01', '--to=2020-01-01'], 2, 'must be before --to'],
    [
      'a format that is none',
      ['--format=xml'],
      2,
      '--format: "xml" must be table, csv, json, or md',
    ],
  ])('refuses %s', async (_, args, exitCode, part) => {
    const end = await run(args)
    expect(end).toMatchObject({ exitCode, out: '' })
    expect(end.err).toContain(part)
  })

  test('without a database says what to do', async () => {
    const end = await runCommand(outagesCommand, [], {
      databaseUrl: 'postgres://u:hunter2@127.0.0.1:1/x',
    })
    expect(end).toMatchObject({ exitCode: 3, out: '' })
    expect(end.err).toContain('the database at 127.0.0.1:1/x does not answer')
    expect(end.err).not.toContain('hunter2')
  })

  test('is enough for a login that may only read', async () => {
    const databaseUrl = recording.database.urlAs('uptick_reader')
    expect(await runCommand(outagesCommand, ['--open'], { databaseUrl })).toMatchObject({
      exitCode: 0,
    })
  })

  test('of a site that flaps says that it is held', async () => {
    await recording.database.db
      .updateTable('outages')
      .set({ held_by: 'flapping' })
      .where('site_id', '=', 2)
      .execute()
    const { out } = await run(['--site=2'])
    expect(out).toMatch(/0 of 1 sent\n/)
    await recording.database.db.deleteFrom('notifications').execute()
    expect((await run(['--site=2'])).out).toMatch(/held: flapping\n/)
  })
})
