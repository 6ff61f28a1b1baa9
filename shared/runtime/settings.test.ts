import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Environment, readSettings, SettingsError, type SettingsReader } from './settings.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'settings-'))
const secretFile = path.join(folder, 'secret')
const marked = path.join(folder, 'marked')
writeFileSync(marked, '\ufefffrom Windows\r\n\r\n')
const twoLines = path.join(folder, 'two-lines')
writeFileSync(twoLines, 'one\r\ntwo\r\n')
const utf16 = path.join(folder, 'utf16')
writeFileSync(utf16, '\ufeffsecret', 'utf16le')
writeFileSync(secretFile, 'from the file\r\n')
afterAll(() => rmSync(folder, { recursive: true }))

const known = [
  'DATABASE_URL',
  'KAFKA_BOOTSTRAP_SERVERS',
  'CONCURRENCY',
  'SECURE',
  'SMTP_PASSWORD',
  'MODE',
]
const problemsOf = (env: Environment, read: (reader: SettingsReader) => object) => {
  try {
    readSettings(env, known, read)
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.problems
  }
}

describe('a setting', () => {
  test.each([
    [
      'that is absent takes its default',
      {},
      (read: SettingsReader) => read.integer('CONCURRENCY', { min: 1, max: 9, default: 5 }),
      5,
    ],
    [
      'that is empty takes its default',
      { CONCURRENCY: ' ' },
      (read: SettingsReader) => read.integer('CONCURRENCY', { min: 1, max: 9, default: 5 }),
      5,
    ],
    [
      'that is a number is read as one',
      { CONCURRENCY: '7' },
      (read: SettingsReader) => read.integer('CONCURRENCY', { min: 1, max: 9 }),
      7,
    ],
    [
      'that is a flag may be a word',
      { SECURE: 'Yes' },
      (read: SettingsReader) => read.flag('SECURE', { default: false }),
      true,
    ],
    [
      'that is a list is cut at commas',
      { KAFKA_BOOTSTRAP_SERVERS: 'a:1, b:2' },
      (read: SettingsReader) => read.list('KAFKA_BOOTSTRAP_SERVERS'),
      ['a:1', 'b:2'],
    ],
    [
      'that is an address has no slash at its end',
      { PUBLIC_URL: 'https://Example.com/status//' },
      (read: SettingsReader) => read.optionalUrl('PUBLIC_URL', ['https:']),
      'https://example.com/status',
    ],
    [
      'can come from a file, without its line break',
      { SMTP_PASSWORD_FILE: secretFile },
      (read: SettingsReader) => read.text('SMTP_PASSWORD'),
      'from the file',
    ],
    [
      'can come from a file with a mark of its encoding and empty lines',
      { SMTP_PASSWORD_FILE: marked },
      (read: SettingsReader) => read.text('SMTP_PASSWORD'),
      'from Windows',
    ],
    [
      'that is a URL may have an encoded password, a port and a query',
      { DATABASE_URL: 'postgres://u:1%23%40@h:5/db?application_name=x' },
      (read: SettingsReader) => read.secretUrl('DATABASE_URL', ['postgres:']),
      'postgres://u:1%23%40@h:5/db?application_name=x',
    ],
  ])('%s', (_, env, read, expected) => {
    expect(readSettings(env, known, (reader) => ({ value: read(reader) })).value).toEqual(expected)
  })

  const problems: readonly (readonly [
    what: string,
    env: Environment,
    read: (reader: SettingsReader) => unknown,
    problem: string,
  ])[] = [
    [
      'that is required and absent',
      {},
      (read) => read.text('DATABASE_URL'),
      'DATABASE_URL is required',
    ],
    [
      'that is no number',
      { CONCURRENCY: 'abc' },
      (read) => read.integer('CONCURRENCY', { min: 1, max: 9 }),
      'CONCURRENCY: "abc" must be a whole number from 1 to 9',
    ],
    [
      'that is out of range',
      { CONCURRENCY: '10' },
      (read) => read.integer('CONCURRENCY', { min: 1, max: 9 }),
      '"10" must be a whole number from 1 to 9',
    ],
    [
      'that is not among the options',
      { MODE: 'slow' },
      (read) => read.oneOf('MODE', ['fast'], { default: 'fast' }),
      'must be one of fast',
    ],
    [
      'that lists nothing between commas',
      { KAFKA_BOOTSTRAP_SERVERS: ',' },
      (read) => read.list('KAFKA_BOOTSTRAP_SERVERS'),
      'without empty entries',
    ],
    [
      'that lists more than it may',
      { KAFKA_BOOTSTRAP_SERVERS: 'a,b,c' },
      (read) => read.list('KAFKA_BOOTSTRAP_SERVERS', { max: 2 }),
      '"a,b,c" has more than 2 entries',
    ],
    [
      'that lists what cannot be taken, without what may be a password',
      { KAFKA_BOOTSTRAP_SERVERS: 'a,//u:se@cret@b' },
      (read) =>
        read.list('KAFKA_BOOTSTRAP_SERVERS', {
          problemOf: (item) => (item === 'a' ? null : 'is bad'),
        }),
      'KAFKA_BOOTSTRAP_SERVERS: "//***@b" is bad',
    ],
    [
      'that is a bad URL, without showing it',
      { DATABASE_URL: 'postgres://u:se#cret@h:x/db' },
      (read) => read.secretUrl('DATABASE_URL', ['postgres:']),
      'DATABASE_URL: "***" must be a postgres: URL',
    ],
    ...['1#se@h/db', '1?se@h/db', '1/se@h/db', 'a@b#se@h/db'].map(
      (rest) =>
        [
          `whose password is cut off (${rest})`,
          { DATABASE_URL: `postgres://u:${rest}` },
          (read: SettingsReader) => read.secretUrl('DATABASE_URL', ['postgres:']),
          'DATABASE_URL: "***" has a bare #, ? or / before its host',
        ] as const,
    ),
    [
      'in a file of two lines',
      { SMTP_PASSWORD_FILE: twoLines },
      (read) => read.optionalText('SMTP_PASSWORD'),
      'must hold one line',
    ],
    [
      'in a file of UTF-16',
      { SMTP_PASSWORD_FILE: utf16 },
      (read) => read.optionalText('SMTP_PASSWORD'),
      'is not UTF-8',
    ],
    [
      'that has no certificate checked',
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      () => null,
      'NODE_TLS_REJECT_UNAUTHORIZED: "0" would have no certificate checked at all',
    ],
    [
      'that is no address',
      { PUBLIC_URL: 'status.example.com' },
      (read) => read.optionalUrl('PUBLIC_URL', ['https:']),
      'PUBLIC_URL: "status.example.com" must be a https: URL without a user',
    ],
    [
      'that is an address with a user, without showing the user',
      { PUBLIC_URL: 'https://u:secret@status.example.com/' },
      (read) => read.optionalUrl('PUBLIC_URL', ['https:']),
      'PUBLIC_URL: "https://***@status.example.com/" must be',
    ],
    [
      'that is an address with a query',
      { PUBLIC_URL: 'https://status.example.com/?a=1' },
      (read) => read.optionalUrl('PUBLIC_URL', ['https:']),
      'without a user, a query or a fragment',
    ],
    [
      'whose file is not there',
      { SMTP_PASSWORD_FILE: '/no/such' },
      (read) => read.text('SMTP_PASSWORD', { default: '' }),
      'SMTP_PASSWORD_FILE: "/no/such" cannot be read (ENOENT)',
    ],
    [
      'given twice',
      { SMTP_PASSWORD: 'a', SMTP_PASSWORD_FILE: secretFile },
      (read) => read.text('SMTP_PASSWORD'),
      'SMTP_PASSWORD and SMTP_PASSWORD_FILE are both set',
    ],
    [
      'with a letter too few',
      { KAFKA_BOOTSTRAP_SERVER: 'a:1' },
      () => null,
      'KAFKA_BOOTSTRAP_SERVER is unknown: did you mean KAFKA_BOOTSTRAP_SERVERS?',
    ],
    ['with two letters swapped', { DATABASE_ULR: 'x' }, () => null, 'did you mean DATABASE_URL?'],
    ['with another letter', { SMTP_PASSWURD: 'x' }, () => null, 'did you mean SMTP_PASSWORD?'],
  ]
  test.each(problems)('%s is a problem', (_, env, read, problem) => {
    expect(problemsOf(env, (reader) => ({ value: read(reader) })).join()).toContain(problem)
  })

  test('that is somebody else’s is none', () => {
    expect(
      problemsOf(
        { PATH: '/bin', MODEM: 'x', SMTP_PASSWORD_FILE: secretFile, PGPASSWORD: 'x' },
        () => ({}),
      ),
    ).toEqual([])
  })
})

test('all problems are told at once', () => {
  const problems = problemsOf({ CONCURRENCY: 'x', DATABASE_ULR: 'y' }, (read) => [
    read.text('DATABASE_URL'),
    read.integer('CONCURRENCY', { min: 1, max: 9 }),
  ])
  expect(problems).toHaveLength(3)
})
