import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import type { ServiceName } from '../support/stack.ts'
import { runService } from './run-service.ts'

/**
 * Rows 53 and 54: what stands in the environment of a real process. It ends at once, with exit code
 * 78 and every problem by name, value and reason; no secret is among the values.
 */

type Environment = Readonly<Record<string, string>>

/** What each service needs, and no server has to be there: the settings are read before anything is reached. */
const database = { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/uptick' }
const mail = { SMTP_URL: 'smtp://127.0.0.1:9', SMTP_FROM: 'uptick@example.org' }
const throughPostgres = { RESULT_STREAM: 'postgres' }
const needed: Readonly<Record<ServiceName, Environment>> = {
  scheduler: database,
  worker: { ...database, ...throughPostgres },
  consumer: { ...database, ...throughPostgres, ...mail },
  web: database,
}
const throughKafka = { RESULT_STREAM: 'kafka', KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9' }

let folder: string
const file = (name: string) => path.join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-bad-settings-'))
  const { ca, valid, expired } = await makeCertificates()
  const files = {
    'ca.pem': ca,
    'client.pem': valid.cert,
    'client.key': valid.key,
    'other.key': expired.key,
    'junk.pem': 'hunter2',
    'crlf.secret': 'smtp://127.0.0.1:9\r\n',
    'two-lines.secret': 'hunter2\r\nhunter3\r\n',
    'utf16.secret': '\ufeffhunter2',
  } as const
  for (const [name, content] of Object.entries(files))
    await writeFile(file(name), content, name.startsWith('utf16') ? 'utf16le' : 'utf8')
  await mkdir(file('folder'))
  await chmod(file('junk.pem'), 0o600)
})
afterAll(() => rm(folder, { recursive: true }))

type Row = readonly [
  sentence: string,
  service: ServiceName,
  env: () => Environment,
  problems: readonly (string | RegExp)[],
]

const rows: readonly Row[] = [
  [
    '53: a port that is no number',
    'web',
    () => ({ WEB_PORT: 'abc' }),
    ['WEB_PORT: "abc" must be a whole number from 1 to 65535'],
  ],
  [
    '53: a port beyond all ports',
    'worker',
    () => ({ HEALTH_PORT: '65536' }),
    ['HEALTH_PORT: "65536" must be a whole number from 1 to 65535'],
  ],
  [
    '53: a number in another notation',
    'worker',
    () => ({ WORKER_CONCURRENCY: '5e2' }),
    ['WORKER_CONCURRENCY: "5e2" must be a whole number from 1 to 10000'],
  ],
  [
    '53: an empty value that is required',
    'scheduler',
    () => ({ DATABASE_URL: ' ' }),
    ['DATABASE_URL is required'],
  ],
  [
    '53: brokers between commas that are none',
    'consumer',
    () => ({ RESULT_STREAM: 'kafka', KAFKA_BOOTSTRAP_SERVERS: ',' }),
    ['KAFKA_BOOTSTRAP_SERVERS: "," must be a list without empty entries, separated by commas'],
  ],
  [
    '53: a broker without a port, and one with a scheme',
    'worker',
    () => ({ RESULT_STREAM: 'kafka', KAFKA_BOOTSTRAP_SERVERS: 'broker,kafka://u:hunter2@b:9092' }),
    [
      'KAFKA_BOOTSTRAP_SERVERS: "broker" must be host:port',
      'KAFKA_BOOTSTRAP_SERVERS: "kafka://***@b:9092" must be host:port',
    ],
  ],
  [
    '53: a database URL with a bare # in its password',
    'scheduler',
    () => ({ DATABASE_URL: 'postgres://u:hunter2#x@127.0.0.1:5432/uptick' }),
    [/^DATABASE_URL: "\*\*\*" must be a postgres: .* must be percent-encoded\)$/],
  ],
  [
    '53: a database URL whose password begins like a port',
    'scheduler',
    () => ({ DATABASE_URL: 'postgres://u:12#hunter2@127.0.0.1:5432/uptick' }),
    [
      /^DATABASE_URL: "\*\*\*" has a bare #, \? or \/ before its host .* must be percent-encoded\)$/,
    ],
  ],
  [
    '53: a database URL with a bare / in such a password',
    'web',
    () => ({ DATABASE_URL: 'postgres://u:12/hunter2@127.0.0.1:5432/uptick' }),
    [/^DATABASE_URL: "\*\*\*" has a bare #, \? or \/ before its host/],
  ],
  [
    '53: a database of another make',
    'web',
    () => ({ DATABASE_URL: 'mysql://u:hunter2@127.0.0.1/uptick' }),
    [/^DATABASE_URL: "\*\*\*" must be a postgres: or postgresql: URL/],
  ],
  [
    '53: certificates that nobody would check any more',
    'worker',
    () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    [/^NODE_TLS_REJECT_UNAUTHORIZED: "0" would have no certificate checked at all: remove it/],
  ],
  [
    '53: a secret in a file of two lines',
    'consumer',
    () => ({
      SMTP_URL: '',
      SMTP_HOST: '127.0.0.1',
      SMTP_USER: 'u',
      SMTP_PASSWORD_FILE: file('two-lines.secret'),
    }),
    [
      /^SMTP_PASSWORD_FILE: ".*two-lines\.secret" must hold one line$/,
      /SMTP_USER and SMTP_PASSWORD/,
    ],
  ],
  [
    '53: a secret in a file of UTF-16, as some shells write it',
    'web',
    () => ({ DASHBOARD_PASSWORD_FILE: file('utf16.secret') }),
    [/^DASHBOARD_PASSWORD_FILE: ".*utf16\.secret" is not UTF-8$/],
  ],
  [
    '53: a secret in a file that is not there',
    'web',
    () => ({ DASHBOARD_PASSWORD_FILE: file('gone.secret') }),
    [/^DASHBOARD_PASSWORD_FILE: ".*gone\.secret" cannot be read \(ENOENT\)$/],
  ],
  [
    '53: a folder in place of a certificate',
    'worker',
    () => ({ ...throughKafka, KAFKA_SSL_CA_FILE: file('folder') }),
    [/^KAFKA_SSL_CA_FILE: ".*folder" cannot be read \(EISDIR\)$/],
  ],
  [
    '53: certificate and key that hold neither',
    'worker',
    () => ({
      ...throughKafka,
      KAFKA_SSL_CA_FILE: file('junk.pem'),
      KAFKA_SSL_CERT_FILE: file('client.key'),
      KAFKA_SSL_KEY_FILE: file('client.pem'),
    }),
    [
      'KAFKA_SSL_CA_FILE: its file holds no certificate (PEM)',
      'KAFKA_SSL_CERT_FILE: its file holds no certificate (PEM)',
      'KAFKA_SSL_KEY_FILE: its file holds no private key that can be read (PEM, without a passphrase)',
    ],
  ],
  [
    '53: a key that is not of the certificate',
    'consumer',
    () => ({
      ...throughKafka,
      KAFKA_SSL_CA_FILE: file('ca.pem'),
      KAFKA_SSL_CERT_FILE: file('client.pem'),
      KAFKA_SSL_KEY_FILE: file('other.key'),
    }),
    ['KAFKA_SSL_KEY_FILE: its file is not the key of the certificate'],
  ],
  [
    '53: a certificate without its key',
    'consumer',
    () => ({ ...throughKafka, KAFKA_SSL_CERT_FILE: file('client.pem') }),
    ['KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE go together: one is missing'],
  ],
  [
    '53: a name with a typing error',
    'worker',
    () => ({ WORKER_CONCURENCY: '5' }),
    ['WORKER_CONCURENCY is unknown: did you mean WORKER_CONCURRENCY?'],
  ],
  [
    '53: all of it at once',
    'consumer',
    () => ({
      DATABASE_URL: 'postgres://u:hunter2@[/x',
      HEALTH_PORT: 'abc',
      LOG_LEVEL: 'loud',
      SMTP_FROM: '',
      ALERT_EMAIL_TO: 'b@x.example\r\nBcc: evil@y.example',
      CERT_WARNING_DAYS: '7,soon',
      FLAPPING_WINDOW_S: '-1',
    }),
    [
      /^DATABASE_URL: "\*\*\*" must be/,
      'SMTP_FROM is required',
      /^ALERT_EMAIL_TO: "b@x\.example\\r\\nBcc: evil@y\.example" /,
      'FLAPPING_WINDOW_S: "-1" must be a whole number from 1 to 86400',
      /^CERT_WARNING_DAYS: "soon" must be/,
      /^LOG_LEVEL: "loud" must be one of debug/,
      'HEALTH_PORT: "abc" must be a whole number from 1 to 65535',
    ],
  ],
  [
    '54: a secret given as itself and as a file',
    'web',
    () => ({ DASHBOARD_PASSWORD: 'hunter2', DASHBOARD_PASSWORD_FILE: file('crlf.secret') }),
    ['DASHBOARD_PASSWORD and DASHBOARD_PASSWORD_FILE are both set: leave one'],
  ],
  [
    '54: a mail server given twice',
    'consumer',
    () => ({ SMTP_HOST: '127.0.0.2', SMTP_PASSWORD: 'hunter2' }),
    [
      'SMTP_URL and SMTP_HOST are both set: leave one',
      'SMTP_URL and SMTP_PASSWORD are both set: leave one',
    ],
  ],
]

describe('a process does not start with', () => {
  test.each(rows)('%s', async (_, service, env, problems) => {
    const end = await runService(service, { ...needed[service], ...env() })
    const [title, ...told] = end.err.trimEnd().split('\n  - ')
    expect({ code: end.code, out: end.out, title }).toEqual({
      code: 78,
      out: '',
      title: `${service}: the settings have ${problems.length} problem(s):`,
    })
    expect(told).toEqual(
      problems.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
    )
    expect(end.err).not.toMatch(/hunter/)
  })
})
