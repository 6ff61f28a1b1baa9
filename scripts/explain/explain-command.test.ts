import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkId, outageId } from '#shared/domain/identity.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { recordBatch } from '../../consumer/record-batch.ts'
import { Recording } from '../../test/support/recording.ts'
import { record, resultAt, slotMs } from '../../test/support/results.ts'
import { alwaysPainted, runCommand } from '../../test/support/run-command.ts'
import { explainCommand } from './explain-command.ts'

/** Outages as the consumer makes them, and what `uptick explain` tells of them. */

const TOKEN = 'c0ffee00-1234-5678-9abc-def012345678'
const HOSTILE = 'evil\u001b[2J\u202e\n  BOLD'
const at = (slot: number) => new Date(slotMs(slot)).toISOString()
const clock = (slot: number) => at(slot).replace('T', ' ').replace('.000Z', '')

let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
  const { db } = recording.database
  await recording.addSite({ name: 'shop' })
  await db
    .insertInto('site_config')
    .values([
      { name: HOSTILE, url: 'http://127.0.0.2/' },
      { name: 'job', url: `heartbeat:${TOKEN}` },
      { name: 'calm', url: 'http://127.0.0.3/' },
      { name: 'twin', url: 'http://127.0.0.4/' },
      { name: 'twin', url: 'http://127.0.0.5/' },
      { name: 'planned', url: 'http://127.0.0.6/' },
    ])
    .execute()
  await sql`insert into maintenance (title, site_ids, starts_at, ends_at)
    values ('new disks', '{7}', now() - interval '3 hours', now() + interval '1 hour')`.execute(db)
  const phases = { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 100.25, remoteAddress: '127.0.0.9' }
  const hostile = { siteId: 2, message: `503 ${HOSTILE}`, worker: HOSTILE, excerpt: HOSTILE }
  await take([
    resultAt(0, 'up'),
    { ...resultAt(1, 'down'), ...phases },
    resultAt(2, 'inconclusive'),
    { ...resultAt(3, 'down'), ...phases, occasion: 'recheck', excerpt: '<h1>out of order</h1>' },
    resultAt(4, 'up'),
    resultAt(5, 'down'),
    resultAt(6, 'up'),
    resultAt(7, 'up'),
    ...[1, 2].map((slot) => ({ ...resultAt(slot, 'down'), ...hostile })),
    ...[1, 2].map((slot) => ({ ...resultAt(slot, 'down'), siteId: 3, message: 'no call' })),
    ...[1, 2].map((slot) => ({ ...resultAt(slot, 'down'), siteId: 7 })),
  ])
  await sql`update notifications set sent_at = queued_at, attempts = 1 where kind = 'outage' and outage_id = ${shopOutage}`.execute(
    db,
  )
  await sql`update notifications set last_error = ${`451 ${HOSTILE}`}, attempts = 3 where outage_id = ${outageId(2, slotMs(1))}`.execute(
    db,
  )
})
afterAll(() => recording.close())

const shopOutage = outageId(1, slotMs(1))

/** One by one, as they would come, each with its offset. */
async function take(results: readonly CheckResult[]): Promise<void> {
  for (const [offset, result] of results.entries()) {
    await recordBatch(recording.context, [record(result, offset)])
  }
}

const run = (args: readonly string[], paint = undefined as typeof alwaysPainted | undefined) =>
  runCommand(explainCommand, args, {
    databaseUrl: recording.database.url,
    ...(paint === undefined ? {} : { paint }),
  })

async function told(...args: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await run(args)
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  return out
}

describe('uptick explain', () => {
  test('tells an outage from the check before it to the check that ended it', async () => {
    const out = await told(shopOutage)
    const story = [
      `OVER  shop (site 1) from ${clock(1)} to ${clock(6)} UTC, for 5m`,
      '  status: seen at 3',
      `  http://127.0.0.1:9/ · outage ${shopOutage}`,
      '',
      'The rule in force',
      '  checked every 300 s; 2 failed in a row open an outage, 2 good in a row end it',
      / {2}kind http · method GET · timeout_ms 10000 · expected_status 200-299/,
      /^ {2}in force from [\d: -]+ and is in force still$/,
      '',
      'What opened it',
      `  ${clock(0)}  up            status 200 in 13 ms  → the last check before`,
      `  ${clock(1)}  down          status: seen at 1  → failed 1 of 2`,
      `      slot, job ${checkId(1, slotMs(1))}, worker test, began 250 ms after it was due`,
      '      status 503 · from 127.0.0.9 · dns 1.0 ms · connect 2.0 ms · tls 3.0 ms · first byte 100.3 ms · whole 12.5 ms',
      `  ${clock(2)}  inconclusive  seen at 2  → does not count: our own fault`,
      / {6}slot, job /,
      / {6}status 200 /,
      `  ${clock(3)}  down          status: seen at 3  → failed 2 of 2: the outage opens`,
      `      recheck, job ${checkId(1, slotMs(3))}, worker test, began 250 ms after it was due`,
      / {6}status 503 /,
      '',
      'The record that opened it',
      '  topic statuses, partition 0, offset 3, key 1 (the certificate is not kept)',
      /^ {2}\{"v":1,"site_id":1,.*"excerpt":"<h1>out of order<\/h1>",.*\}$/,
      '',
      'How the answer began',
      '  <h1>out of order</h1>',
      '',
      'Who was told',
      /^ {2}told: an email was queued \dh \d\dm after the check that decided it$/,
      /^ {2}[\d: .-]+ {2}outage to ops@example.org: sent [\d: .-]+, 1 attempt$/,
      /^ {6}notification \d+, Message-ID <.*@example.org>$/,
      /^ {2}[\d: .-]+ {2}recovery to ops@example.org: not sent yet, 0 attempts$/,
      /^ {6}notification \d+, Message-ID <.*@example.org>$/,
      '',
      'What ended it',
      `  ${clock(6)}  up            status 200 in 13 ms  → good 1 of 2`,
      / {6}slot, job /,
      / {6}status 200 /,
      `  ${clock(7)}  up            status 200 in 13 ms  → good 2 of 2: the outage is over`,
      / {6}slot, job /,
      / {6}status 200 /,
      '',
    ]
    const lines = out.split('\n')
    expect(lines).toEqual(
      story.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
    )
  })

  test('tells the same as JSON', async () => {
    const story = JSON.parse(await told(shopOutage, '--json'))
    expect(story).toMatchObject({
      outage: {
        outage_id: shopOutage,
        site_id: 1,
        started_at: at(1),
        ended_at: at(6),
        duration_s: 300,
      },
      rule: { cadence_s: 300, failure_threshold: 2, recovery_threshold: 2, to: null },
      before: { slot: at(0), result: 'up' },
      opening: [
        {
          slot: at(1),
          streak: 1,
          needed: 2,
          transition: 'unchanged',
          job_id: checkId(1, slotMs(1)),
        },
        { slot: at(2), streak: 0, transition: 'ignored' },
        { slot: at(3), streak: 2, transition: 'opened', occasion: 'recheck' },
      ],
      record: { topic: 'statuses', partition: 0, offset: '3', key: '1' },
      emails: [
        { kind: 'outage', recipient: 'ops@example.org', attempts: 1, failed_at: null },
        { kind: 'recovery', sent_at: null },
      ],
      closing: [
        { slot: at(6), streak: 1 },
        { slot: at(7), streak: 2, transition: 'recovered' },
      ],
    })
    // Byte for byte what was published, but for what a row does not keep.
    const published = { ...resultAt(3, 'down'), dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 100.25 }
    const fields = {
      remoteAddress: '127.0.0.9',
      occasion: 'recheck',
      excerpt: '<h1>out of order</h1>',
    } as const
    expect(story.record.value).toEqual(
      JSON.parse(String(record({ ...published, ...fields }).value)),
    )
  })

  test('as JSON has no field that its reference leaves out', async () => {
    const reference = await readFile(path.join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
    const story = JSON.parse(await told(shopOutage, '--json'))
    const own = [story, story.outage, story.rule, story.emails[0], story.record, story.opening[0]]
    // Of a check, the fields of the record are described with it.
    const record = await readFile(
      path.join(import.meta.dirname, '../../docs/result-record.md'),
      'utf8',
    )
    const fields = new Set(own.flatMap((one) => Object.keys(one)))
    expect(
      [...fields].filter((field) => !`${reference}${record}`.includes(`\`${field}\``)),
    ).toEqual([])
  })

  test.each<[string, () => readonly string[]]>([
    ['by how its id begins', () => [shopOutage.slice(0, 8)]],
    [
      'by an id in capital letters, cut behind a dash',
      () => [shopOutage.slice(0, 9).toUpperCase()],
    ],
    ['by its site, as the newest', () => ['--site=Shop']],
    ['by the id of its site', () => ['--site=1']],
  ])('finds an outage %s', async (_, args) => {
    expect(await told(...args())).toContain(`outage ${shopOutage}`)
  })

  test('shows names, messages and answers as text', async () => {
    const out = await told('--site=2')
    expect(out).toContain('evil BOLD (site 2)')
    expect(out).toContain('not sent yet, 3 attempts: 451 evil BOLD')
    expect(out).not.toContain('\u001b')
    expect(out).not.toContain('\u202e')
    expect(out).not.toContain('\n  BOLD, ')
    expect((await run(['--site=2'], alwaysPainted)).out).toContain('\u001b[31mDOWN')
    expect((await run(['--site=2', '--no-color'], alwaysPainted)).out).not.toContain('\u001b')
  })

  test('of an open outage tells the latest checks', async () => {
    const out = await told('--site=2')
    expect(out).toMatch(/^DOWN {2}evil BOLD \(site 2\) since [\d: -]+ UTC, for \dh \d\dm\n/)
    expect(out).toContain('\nThe latest checks\n  none since\n')
  })

  test('shows no token of a heartbeat, in either form', async () => {
    for (const form of [[], ['--json']]) {
      const out = await told('--site=job', ...form)
      expect(out).toContain('heartbeat:c0ff...')
      expect(out).not.toContain(TOKEN)
    }
  })

  test('says why nobody was told', async () => {
    const out = await told('--site=planned')
    expect(out).toContain('\nWho was told\n  held, by planned work: "new disks"\n')
    expect(JSON.parse(await told('--site=planned', '--json'))).toMatchObject({
      outage: { held_by: 'maintenance' },
      circumstances: [{ kind: 'maintenance', title: 'new disks' }],
      emails: [],
    })
  })

  test('counts by the rule that was in force', async () => {
    const { db } = recording.database
    await sql`update site_config_history set from_at = from_at - interval '1 day' where site_id = 3`.execute(
      db,
    )
    await db.updateTable('site_config').set({ failure_threshold: 5 }).where('id', '=', 3).execute()
    const out = await told('--site=3')
    expect(out).toContain('failed 2 of 2: the outage opens')
    expect(out).toMatch(/in force from [\d: -]+ until [\d: -]+\n/)
  })

  test('says so where the checks are not kept any more', async () => {
    await recording.database.db.deleteFrom('ping_status').where('site_id', '=', 3).execute()
    const out = await told('--site=3')
    expect(out).toContain('\nWhat opened it\n  its checks are not kept any more\n')
    expect(out).not.toContain('The record that opened it')
    expect(JSON.parse(await told('--site=3', '--json'))).toMatchObject({
      opening: [],
      record: null,
    })
  })

  test.each<[string, readonly string[], number, string]>([
    ['an outage that is not there', ['00000000'], 1, 'no outage whose id begins with 00000000'],
    ['a site that was never down', ['--site=calm'], 1, 'site 4 has never been down'],
    ['a site that is not there', ['--site=shpo'], 1, 'no site "shpo": did you mean shop?'],
    [
      'a name of two sites',
      ['--site=twin'],
      1,
      '2 sites are called "twin": name one of the ids 5, 6',
    ],
    ['nothing at all', [], 2, 'OUTAGE or --site SITE: is missing'],
    ['both', ['00000000', '--site=shop'], 2, 'OUTAGE and --site: leave one'],
    ['what is no id', ['outage'], 2, '"outage" must be an id'],
    ['too little of an id', ['abc'], 2, 'its first 4 characters or more'],
    ['an id with its dash in the wrong place', ['abcd-ef'], 2, 'must be an id'],
    [
      'an id that is too long',
      [`${'0'.repeat(8)}-0000-0000-0000-0000000000000`],
      2,
      'must be an id',
    ],
  ])('refuses %s', async (_, args, exitCode, part) => {
    const end = await run(args)
    expect(end).toMatchObject({ exitCode, out: '' })
    expect(end.err).toContain(part)
  })

  test('needs a login that may see who was told', async () => {
    const databaseUrl = recording.database.urlAs('uptick_reader')
    const end = await runCommand(explainCommand, [shopOutage], { databaseUrl })
    expect(end).toMatchObject({ exitCode: 3, out: '' })
    expect(end.err).toContain('does not let us: permission denied for table notifications')
  })

  test('asks which, where several ids begin alike', async () => {
    const { db } = recording.database
    await sql`insert into outages (id, site_id, started_at, detected_at, ended_at, failure, opened_slot, closed_slot)
      select ('abcdabcd-0000-0000-0000-00000000000' || n)::uuid, 2, now() - n * interval '1 day', now(),
        now() - n * interval '1 day' + interval '1 second', 'timeout', now(), now()
      from generate_series(1, 2) as n`.execute(db)
    const end = await run(['abcd'])
    expect(end).toMatchObject({ exitCode: 1, out: '' })
    expect(end.err.split('\n')).toEqual([
      'uptick explain: several outages begin with abcd, among them:',
      'abcdabcd-0000-0000-0000-000000000001 evil BOLD',
      'abcdabcd-0000-0000-0000-000000000002 evil BOLD',
      '',
    ])
  })
})
