import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { readTopic } from './support/invariants.ts'
import { ownStream } from './support/make-topic.ts'
import { type SmtpSink, startSmtpSink } from './support/smtp-sink.ts'
import { type ServiceProcess, startService } from './support/stack.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/**
 * Secrets are planted, sent to a site that tells all of them back in every way it can, and then looked
 * for in everything that is kept or told: tables, queue, topic, logs and emails.
 */
const kafka = inject('kafka')
const SOON = { timeout: 30_000, interval: 200 }

/** With characters that are escaped in JSON and in URLs, so that those forms are looked for as well. */
const planted = {
  'api.token': `tok/${randomUUID()}+&"x`,
  'shop.password': `pass word/${randomUUID()}`,
  'api.key': `key-${randomUUID()}`,
  'body.secret': `body"${randomUUID()}`,
} as const
const plainHeader = `plain-${randomUUID()}`
const values: readonly string[] = [...Object.values(planted), plainHeader]

/** What a value may look like when somebody has written it down. */
const formsOf = (value: string): readonly string[] => [
  value,
  encodeURIComponent(value),
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -2),
  Buffer.from(`uptick:${value}`).toString('base64').replace(/=+$/, '').slice(0, -2),
]

describe.skipIf('missing' in kafka)('planted secrets', () => {
  let folder: string
  let database: TestDatabase
  let sink: SmtpSink
  let target: Server
  let topic: string
  let services: readonly ServiceProcess[]
  const heard: string[] = []

  beforeAll(async () => {
    if ('missing' in kafka) return
    folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-secrets-'))
    await Promise.all([mkdir(path.join(folder, 'secrets')), mkdir(path.join(folder, 'logs'))])
    for (const [name, value] of Object.entries(planted))
      await writeFile(path.join(folder, 'secrets', name), `${value}\n`)
    database = await openTestDatabase()
    sink = await startSmtpSink()
    target = createServer(async (request, response) => {
      const told = JSON.stringify(request.rawHeaders) + (await text(request))
      heard.push(told)
      const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? []
      const clear = Buffer.from(basic, 'base64').toString()
      response.writeHead(500, { 'x-echo': encodeURIComponent(told) })
      response.end(`${clear}\n${told}\n${JSON.stringify(told)}\n${encodeURIComponent(told)}`)
    })
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const stream = await ownStream(kafka.brokers)
    topic = stream.KAFKA_STATUS_TOPIC
    const env = {
      ...stream,
      SECRETS_DIR: path.join(folder, 'secrets'),
      LOG_LEVEL: 'debug',
      SMTP_URL: sink.url,
      SMTP_FROM: 'uptick@example.org',
      ALERT_EMAIL_TO: 'ops@example.org',
    }
    services = await Promise.all(
      (['consumer', 'worker', 'scheduler'] as const).map((name) =>
        startService(name, name, {
          env: { ...env, DATABASE_URL: database.urlAs(`uptick_${name}`) },
          logFolder: path.join(folder, 'logs'),
        }),
      ),
    )
  }, 60_000)

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()))
    target.closeAllConnections()
    await Promise.all([
      new Promise((resolve) => target.close(resolve)),
      sink.goAway(),
      database.close(),
    ])
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** All rows of all tables, as text, but for the one whose owner wrote a value into it himself. */
  async function tables(): Promise<string> {
    const { rows } = await sql<{ name: string }>`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> 'site_config'`.execute(database.db)
    const texts = rows.map(async ({ name }) => {
      const found = await sql<{ row: string }>`
        select to_jsonb(t)::text as row from ${sql.raw(name)} t`.execute(database.db)
      return found.rows.map(({ row }) => row).join('\n')
    })
    return (await Promise.all(texts)).join('\n')
  }

  async function logs(): Promise<string> {
    const files = await readdir(path.join(folder, 'logs'))
    const texts = files.map((file) => readFile(path.join(folder, 'logs', file), 'utf8'))
    return (await Promise.all(texts)).join('\n')
  }

  test('reach the site, and stand nowhere else', { timeout: 60_000 }, async () => {
    const address = target.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const url = `http://127.0.0.1:${port}`
    await sql`insert into cadence (name, seconds) values ('2s', 2)`.execute(database.db)
    await database.db
      .insertInto('site_config')
      .values([
        { url: `${url}/bearer`, cadence: '2s', bearer_token_secret: 'api.token' },
        {
          url: `${url}/basic`,
          cadence: '2s',
          basic_auth_user: 'uptick',
          basic_auth_password_secret: 'shop.password',
          body_regex: '"([^"]+)"',
        },
        {
          url: `${url}/post`,
          cadence: '2s',
          method: 'POST',
          headers: JSON.stringify({ 'X-Api-Key': '{{secret:api.key}}' }),
          body: 'token={{secret:body.secret}}',
          expected_status: '500',
          body_contains: 'what is not there',
        },
        { url: `${url}/plain`, cadence: '2s', headers: JSON.stringify({ 'X-Auth': plainHeader }) },
      ])
      .execute()
    await vi.waitFor(() => expect(sink.accepted).toHaveLength(4), SOON)
    // No more jobs, which carry plain headers while they wait.
    await sql`update site_config set enabled = false`.execute(database.db)
    await vi.waitFor(async () => {
      const { rows } = await sql`select from pgboss.job where state < 'completed'`.execute(
        database.db,
      )
      expect(rows).toEqual([])
    }, SOON)
    await sql`delete from pgboss.job where data::text like ${`%${plainHeader}%`}`.execute(
      database.db,
    )

    const sent = heard.join('\n')
    for (const value of [
      planted['api.token'],
      planted['api.key'],
      planted['body.secret'],
      plainHeader,
    ])
      expect(sent).toContain(JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').slice(0, 20))
    const records = await readTopic('missing' in kafka ? '' : kafka.brokers, topic)
    const places = {
      tables: await tables(),
      topic: records.map(({ value }) => value?.toString() ?? '').join('\n'),
      logs: await logs(),
      emails: sink.accepted
        .map(({ raw, parsed }) => `${raw}\n${parsed.text}\n${parsed.html}`)
        .join('\n'),
    }
    expect(places.topic).toContain('***')
    expect(places.tables).toContain('***')
    const found = Object.entries(places).flatMap(([place, all]) =>
      values.flatMap((value) =>
        formsOf(value)
          .filter((form) => all.includes(form))
          .map((form) => `${form} in ${place}`),
      ),
    )
    expect(found).toEqual([])
  })
})
