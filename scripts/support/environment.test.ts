import { describe, expect, test } from 'vitest'
import {
  environmentFor,
  type Reader,
  readOverrides,
  shellExports,
  type Variables,
} from './environment.ts'
import type { SupportState } from './state.ts'

const state: SupportState = {
  ports: {
    postgres: 1,
    kafka: 2,
    kafkaController: 3,
    mailSmtp: 4,
    mailHttp: 5,
    demoTarget: 6,
    web: 7,
  },
  servicePassword: 'service-secret',
  dashboardPassword: 'dashboard-secret',
  postgres: {
    ownerUrl: 'postgres://uptick:owner@127.0.0.1:1/uptick',
    dataDir: '/data',
    movedTo: null,
  },
  stream: { kind: 'kafka', bootstrapServers: '127.0.0.1:2' },
  mail: { smtpUrl: 'smtp://127.0.0.1:4', apiUrl: 'http://127.0.0.1:5' },
}
const own = 'postgres://admin:s@db.example/prod'

describe('the environment of a process', () => {
  const cases: [string, Reader, Variables, Record<string, string | undefined>][] = [
    [
      'a service logs in as its own role',
      'scheduler',
      {},
      { DATABASE_URL: 'postgres://uptick_scheduler:service-secret@127.0.0.1:1/uptick' },
    ],
    [
      'a service never sees the owner',
      'worker',
      {},
      { DATABASE_ADMIN_URL: undefined, APP_DB_PASSWORD: undefined },
    ],
    [
      'web knows what its dashboard is entered with',
      'web',
      {},
      { DASHBOARD_PASSWORD: 'dashboard-secret' },
    ],
    ['and no other service does', 'worker', {}, { DASHBOARD_PASSWORD: undefined }],
    [
      'where the user says it, it is as they say',
      'web',
      { DASHBOARD_PASSWORD: 'mine' },
      { DASHBOARD_PASSWORD: 'mine' },
    ],
    [
      "a service never sees the user's own owner",
      'worker',
      { DATABASE_ADMIN_URL: own },
      {
        DATABASE_ADMIN_URL: undefined,
        DATABASE_URL: 'postgres://uptick_worker:service-secret@db.example/prod',
      },
    ],
    [
      'the migration is the owner, and knows what to give the roles',
      'migrate',
      {},
      {
        DATABASE_ADMIN_URL: 'postgres://uptick:owner@127.0.0.1:1/uptick',
        APP_DB_PASSWORD: 'service-secret',
      },
    ],
    [
      "the migration goes to the user's database",
      'migrate',
      { DATABASE_URL: own },
      { DATABASE_ADMIN_URL: own },
    ],
    [
      "a service goes to the user's database",
      'consumer',
      { DATABASE_URL: own },
      { DATABASE_URL: own },
    ],
    [
      'a variable by file is not set twice',
      'consumer',
      { DATABASE_URL_FILE: '/run/url' },
      { DATABASE_URL: undefined, DATABASE_URL_FILE: '/run/url' },
    ],
    [
      "the user's password for the roles is used on both sides",
      'worker',
      { APP_DB_PASSWORD: 'mine' },
      { DATABASE_URL: 'postgres://uptick_worker:mine@127.0.0.1:1/uptick' },
    ],
    [
      'results go to Kafka',
      'worker',
      {},
      { RESULT_STREAM: 'kafka', KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:2' },
    ],
    [
      "the user's brokers win",
      'worker',
      { KAFKA_BOOTSTRAP_SERVERS: 'k:9' },
      { KAFKA_BOOTSTRAP_SERVERS: 'k:9' },
    ],
    [
      "the user's stream wins",
      'worker',
      { RESULT_STREAM: 'postgres' },
      { RESULT_STREAM: 'postgres' },
    ],
    [
      'emails go to the catcher',
      'consumer',
      {},
      { SMTP_URL: 'smtp://127.0.0.1:4', ALERT_EMAIL_TO: 'ops@uptick.localhost' },
    ],
    [
      "the user's mail server by host stands alone",
      'consumer',
      { SMTP_HOST: 'mail.example' },
      { SMTP_URL: undefined, SMTP_HOST: 'mail.example' },
    ],
    [
      'a command of a person reaches all of it as the owner',
      'tools',
      {},
      { DATABASE_URL: state.postgres?.ownerUrl, MAIL_API_URL: 'http://127.0.0.1:5' },
    ],
    [
      'a service gets nothing of the terminal',
      'worker',
      { WINDOWID: '7', LOG_LEVEL: 'debug' },
      { WINDOWID: undefined, LOG_LEVEL: 'debug' },
    ],
    ['a command gets all of it', 'tools', { FILE: 'sites.csv' }, { FILE: 'sites.csv' }],
    ['the demo target knows its port', 'demo-target', {}, { DEMO_TARGET_PORT: '6' }],
    [
      'the web process knows its port, and logs in as its own role',
      'web',
      {},
      { WEB_PORT: '7', DATABASE_URL: 'postgres://uptick_web:service-secret@127.0.0.1:1/uptick' },
    ],
    ["the user's port for it wins", 'web', { WEB_PORT: '9' }, { WEB_PORT: '9' }],
    ['a person is told where it is', 'tools', {}, { WEB_URL: 'http://127.0.0.1:7' }],
  ]
  test.each(cases)('%s', (_sentence, reader, overrides, expected) => {
    const found = environmentFor(reader, state, overrides)
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]]))).toEqual(
      expected,
    )
  })

  test('without Kafka the services are told so, and of no broker', () => {
    const without: SupportState = { ...state, stream: { kind: 'postgres', reason: 'no Java' } }
    const found = environmentFor('worker', without, {})
    expect([found.RESULT_STREAM, found.KAFKA_BOOTSTRAP_SERVERS]).toEqual(['postgres', undefined])
  })
})

describe('what the user says', () => {
  test.each([
    ['the environment wins over .env', { A: 'env' }, 'A=file', { A: 'env' }],
    ['.env alone counts', {}, 'A=file # why\nB="x y"', { A: 'file', B: 'x y' }],
    ['an empty variable hides nothing', { A: '' }, 'A=file', { A: 'file' }],
  ])('%s', (_sentence, env, file, expected) => {
    expect(readOverrides(env, file)).toEqual(expected)
  })

  test('is not what make env has printed into the shell, even after everything moved', () => {
    const printed = parse(shellExports(state, {}))
    expect(printed.DATABASE_URL).toBe(state.postgres?.ownerUrl)
    expect(readOverrides(printed, '')).toEqual({})
  })

  test('is what was changed in a shell that make env had printed into', () => {
    const printed = parse(shellExports(state, {}))
    expect(readOverrides({ ...printed, DATABASE_URL: own }, '')).toEqual({ DATABASE_URL: own })
  })
})

test('make env quotes for the shell what has a meaning there', () => {
  const lines = shellExports(state, { SMTP_URL: "smtp://u:p'w$HOME&@h" })
  expect(lines).toContain(`export SMTP_URL='smtp://u:p'\\''w$HOME&@h'`)
})

function parse(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^export (\w+)=(.*)$/.exec(line) ?? []
      return [name, value]
    }),
  )
}
