import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Db } from '#db/connect.ts'
import {
  claimNext,
  insertNotifications,
  markSent,
  type NotificationKey,
  type NotificationKind,
} from '#db/notifications.ts'
import { NOTIFY_QUEUE, queueDefinitions } from '#shared/contracts/queues.ts'
import { notificationId } from '#shared/domain/identity.ts'
import { openMetrics } from '#shared/runtime/metrics.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { openCuttableDatabase } from '../../test/support/cuttable-database.ts'
import { keepLog } from '../../test/support/kept-log.ts'
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { countEmails } from './count-emails.ts'
import { type Mailer, mailerLimits, openMailer } from './mailer.ts'
import { Notifier } from './notifier.ts'
import { encodeNotifyJob } from './notify-job.ts'
import type { OutageFacts } from './outage-facts.ts'

const RECIPIENT = 'ops@x.example'
const started = Date.parse('2026-11-21T09:00:00Z')
const facts: OutageFacts = {
  siteName: 'Shop',
  siteUrl: 'https://shop.example/',
  startedAtMs: started,
  detectedAtMs: started + 60_000,
  endedAtMs: started + 12 * 60_000,
  failure: 'refused',
  message: 'connect ECONNREFUSED',
  upSinceMs: null,
  statusCode: null,
  remoteAddress: null,
  excerpt: null,
  restlessness: null,
  evidence: [],
}

let database: TestDatabase
let queue: JobQueue
let sink: SmtpSink
let aboutId: string
const opened: (() => unknown)[] = []

beforeAll(async () => {
  database = await openTestDatabase()
  queue = await database.openQueue()
})
afterAll(async () => {
  await queue.close()
  await database.close()
})
beforeEach(async () => {
  await sql`truncate notifications, dead_letter`.execute(database.db)
  await sql`delete from pgboss.job where name = ${NOTIFY_QUEUE}`.execute(database.db)
  sink = await startSmtpSink()
  aboutId = randomUUID()
})
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
  await sink.goAway()
})

/** As the consumer does: row and job in one transaction. */
const enqueue = (kind: NotificationKind, changes: { recipient?: string; facts?: object } = {}) =>
  database.db.transaction().execute(async (trx) => {
    const key: NotificationKey = {
      aboutId,
      kind,
      channel: 'email',
      recipient: changes.recipient ?? RECIPIENT,
    }
    const id = notificationId(aboutId, kind, 'email', key.recipient)
    const messageId = `<${id}@uptick.example>`
    await insertNotifications(trx, [{ ...key, messageId, facts: changes.facts ?? facts }])
    await queue.insert(NOTIFY_QUEUE, [{ id, data: encodeNotifyJob(key) }], trx)
    return { key, messageId }
  })

const mailer = (limits = mailerLimits): Mailer => {
  const opening = openMailer(
    {
      server: {
        host: '127.0.0.1',
        port: sink.port,
        security: 'starttls_if_offered',
        login: null,
      },
      from: { name: 'Uptick', address: 'uptick@uptick.example', domain: 'uptick.example' },
      messageIdDomain: 'uptick.example',
    },
    limits,
  )
  opened.push(() => opening.close())
  return opening
}

async function openCuttable() {
  const way = await openCuttableDatabase(database.url)
  opened.push(() => way.close())
  return way
}

async function startNotifier(sender: Pick<Mailer, 'send'> = mailer(), db: Db = database.db) {
  const { log, lines } = keepLog()
  const metrics = openMetrics({ service: 'consumer', version: '1' })
  const watcher = countEmails(metrics)
  const notifier = new Notifier({ db, queue, mailer: sender, watcher, log })
  await notifier.start()
  opened.push(() => notifier.stop())
  const counted = async () => {
    const lines = (await metrics.render()).split('\n')
    return lines.filter((line) => /^uptick_email.*_(total|count)\b.* [1-9]/.test(line))
  }
  return { notifier, lines, counted }
}

/** Jobs that wait for their next try get it now: what is tested is what is done, not how long it waits. */
const hasten = () =>
  sql`update pgboss.job set start_after = now() where name = ${NOTIFY_QUEUE} and state = 'retry'`.execute(
    database.db,
  )
const eventually = (assertion: () => unknown) =>
  vi.waitFor(
    async () => {
      await hasten()
      await assertion()
    },
    { timeout: 15_000, interval: 50 },
  )
const subjects = () => sink.accepted.map(({ parsed }) => parsed.subject)
const rows = async () => {
  const { rows } = await sql<{ kind: string; end: string; attempts: number; error: string | null }>`
    select kind, attempts, last_error as error,
      case when sent_at is not null then 'sent' when failed_at is not null then 'failed' else 'waits' end as end
    from notifications order by id`.execute(database.db)
  return rows
}
const unfinishedJobs = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pgboss.job where name = ${NOTIFY_QUEUE} and state <> 'completed'`.execute(
    database.db,
  )
  return rows[0]?.count
}

describe('the notifier', () => {
  test('sends an outage and its recovery in order, in one thread, and notes both', async () => {
    const { messageId } = await enqueue('outage')
    await enqueue('recovery')
    const { lines, counted } = await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(await counted()).toEqual([
      'uptick_emails_total{kind="outage",outcome="sent"} 1',
      'uptick_emails_total{kind="recovery",outcome="sent"} 1',
      'uptick_email_attempt_seconds_count 2',
    ])
    expect(subjects()).toEqual(['[DOWN] Shop', '[RECOVERED] Shop after 12m'])
    expect(sink.accepted.map(({ parsed }) => parsed.inReplyTo)).toEqual([undefined, messageId])
    expect(sink.accepted[0]?.parsed.messageId).toBe(messageId)
    expect(await rows()).toEqual([
      { kind: 'outage', end: 'sent', attempts: 1, error: null },
      { kind: 'recovery', end: 'sent', attempts: 1, error: null },
    ])
    expect(lines.filter(({ text }) => text === 'email sent').map(({ fields }) => fields)).toEqual([
      { site: 'Shop', kind: 'outage', recipient: RECIPIENT, message_id: messageId, attempts: 1 },
      expect.objectContaining({ kind: 'recovery', attempts: 1 }),
    ])
  })

  test('sends a recovery whose job comes first after its outage all the same', async () => {
    await enqueue('outage')
    await sql`update pgboss.job set start_after = now() + interval '1 hour' where name = ${NOTIFY_QUEUE}`.execute(
      database.db,
    )
    await enqueue('recovery')
    await startNotifier()
    await vi.waitFor(() => expect(subjects()).toHaveLength(2), { timeout: 10_000 })
    expect(subjects()).toEqual(['[DOWN] Shop', '[RECOVERED] Shop after 12m'])
  })

  test('sends what was queued while the mail server was away, once each, in order, and says so twice', async () => {
    await sink.goAway()
    await enqueue('outage')
    const { lines } = await startNotifier()
    await eventually(async () => expect((await rows())[0]?.attempts).toBeGreaterThan(1))
    await enqueue('recovery')
    await eventually(async () => expect((await rows())[0]?.attempts).toBeGreaterThan(2))
    expect(await rows()).toMatchObject([
      { end: 'waits', error: expect.stringContaining('ECONNREFUSED') },
      { end: 'waits', attempts: 0 },
    ])
    await sink.comeBack()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(subjects()).toEqual(['[DOWN] Shop', '[RECOVERED] Shop after 12m'])
    const told = lines.filter(({ text }) => text.startsWith('mail server')).map(({ text }) => text)
    expect(told).toEqual(['mail server fails: emails wait', 'mail server works again'])
  })

  test('gives up what is refused for good, with the reason, and sends what follows', async () => {
    sink.answerNext({ code: 550, to: 'RCPT TO', text: 'no such mailbox' })
    await enqueue('outage')
    await enqueue('recovery')
    const { counted } = await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(await counted()).toContain('uptick_emails_total{kind="outage",outcome="failed"} 1')
    expect(subjects()).toEqual(['[RECOVERED] Shop after 12m'])
    const reason = expect.stringContaining('no such mailbox')
    expect(await rows()).toMatchObject([
      { kind: 'outage', end: 'failed', attempts: 1, error: reason },
      { kind: 'recovery', end: 'sent' },
    ])
    const letters = await database.db
      .selectFrom('dead_letter')
      .select(['topic', 'value', 'reason'])
      .execute()
    expect(letters).toEqual([
      {
        topic: 'email',
        reason,
        value: JSON.stringify({ to: RECIPIENT, kind: 'outage', about_id: aboutId }),
      },
    ])
  })

  test('tries again what is put off, and holds nobody else back meanwhile', async () => {
    sink.answerNext({ code: 451, to: 'RCPT TO', text: 'greylisted' })
    await enqueue('outage')
    const { counted } = await startNotifier()
    await vi.waitFor(() => expect(sink.refusals).toEqual(['451 RCPT TO']))
    await enqueue('outage', { recipient: 'other@x.example' })
    await vi.waitFor(() => expect(sink.accepted).toHaveLength(1), { timeout: 5_000 })
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(sink.accepted.map(({ envelopeTo }) => envelopeTo)).toEqual([
      ['other@x.example'],
      [RECIPIENT],
    ])
    expect(await counted()).toEqual([
      'uptick_emails_total{kind="outage",outcome="sent"} 2',
      'uptick_emails_total{kind="outage",outcome="retry"} 1',
      'uptick_email_attempt_seconds_count 3',
    ])
    expect(await rows()).toMatchObject([
      { end: 'sent', attempts: 2 },
      { end: 'sent', attempts: 1 },
    ])
  })

  test('gives up at the last try of a job, with the reason', async () => {
    const { retryLimit = expect.fail() } = queueDefinitions.find(
      ({ name }) => name === NOTIFY_QUEUE,
    ) ?? { retryLimit: undefined }
    await sink.goAway()
    await enqueue('outage')
    await sql`update pgboss.job set state = 'retry', retry_count = ${retryLimit - 1}, started_on = now() where name = ${NOTIFY_QUEUE}`.execute(
      database.db,
    )
    await startNotifier()
    await eventually(async () =>
      expect(await rows()).toMatchObject([
        { end: 'failed', error: expect.stringContaining('no more tries: ') },
      ]),
    )
    expect(await database.db.selectFrom('dead_letter').select('topic').execute()).toHaveLength(1)
  })

  test('beside another one sends each message once, in order', async () => {
    const threads = Array.from({ length: 20 }, (_, index) => `r${index}@x.example`)
    for (const recipient of threads) {
      await enqueue('outage', { recipient })
      await enqueue('recovery', { recipient })
    }
    await startNotifier()
    await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    const byRecipient = Object.groupBy(sink.accepted, ({ envelopeTo }) => String(envelopeTo))
    expect(Object.keys(byRecipient).sort()).toEqual(threads.sort())
    for (const mails of Object.values(byRecipient))
      expect(mails?.map(({ parsed }) => parsed.subject)).toEqual([
        '[DOWN] Shop',
        '[RECOVERED] Shop after 12m',
      ])
  })

  test('waits for the claim of a killed one to run out, then sends', async () => {
    const { key } = await enqueue('outage')
    const claim = await claimNext(database.db, key, 2)
    expect(claim.outcome).toBe('claimed')
    await startNotifier()
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pgboss.job where name = ${NOTIFY_QUEUE} and output->>'message' = 'held by another'`.execute(
        database.db,
      )
      expect(rows).toHaveLength(1)
    })
    expect(sink.accepted).toHaveLength(0)
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(subjects()).toEqual(['[DOWN] Shop'])
    expect(await rows()).toMatchObject([{ end: 'sent', attempts: 2 }])
  })

  test('after an ambiguous end sends again under the same Message-ID', async () => {
    sink.answerNext('drop_after_data')
    const { messageId } = await enqueue('outage')
    await startNotifier()
    await eventually(() => expect(sink.accepted).toHaveLength(1))
    const sent = [...sink.dropped, ...sink.accepted].map(({ parsed }) => parsed.messageId)
    expect(sent).toEqual([messageId, messageId])
  })

  test('sends nothing that was sent, by a job that came twice', async () => {
    const { key } = await enqueue('outage')
    const claim = await claimNext(database.db, key, 60)
    if (claim.outcome !== 'claimed') expect.fail()
    await markSent(database.db, claim.notification)
    await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(sink.accepted).toHaveLength(0)
  })

  test.each([
    ['has facts that cannot be read', { facts: { siteName: 5 } }, 'siteName is not a text'],
    ['has two recipients', { recipient: 'a@x.example, b@y.example' }, 'the recipient must'],
    ['has a recipient with a header', { recipient: 'a@x.example\r\nBcc: b@y.example' }, 'must'],
  ])('gives up a message that %s', async (_, changes, reason) => {
    await enqueue('outage', changes)
    await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(await rows()).toMatchObject([{ end: 'failed', error: expect.stringContaining(reason) }])
    expect(sink.connectionCount()).toBe(0)
  })

  test('drops a job that cannot be read, and tells', async () => {
    await queue.insert(NOTIFY_QUEUE, [{ id: randomUUID(), data: { v: 99 } }])
    const { lines } = await startNotifier()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(lines).toMatchObject([{ level: 'error', text: 'notify job dropped' }])
  })

  test.each([
    'a\r\nBcc: evil@y.example\r\n\r\nfake',
    'a\nX-Evil: 1',
    'a\u2028Bcc: evil@y.example',
    '=?utf-8?Q?a=0D=0ABcc:_evil@y.example?=',
  ])('lets no site name (%j) into headers or envelope', async (siteName) => {
    await enqueue('outage', { facts: { ...facts, siteName } })
    await startNotifier()
    await eventually(() => expect(sink.accepted).toHaveLength(1))
    const [{ envelopeTo, parsed } = expect.fail()] = sink.accepted
    expect(envelopeTo).toEqual([RECIPIENT])
    const headers = parsed.headers.map(({ key }) => key)
    expect(headers).not.toContain('bcc')
    expect(headers).not.toContain('x-evil')
    expect(parsed.bcc).toBeUndefined()
    expect(parsed.subject).toMatch(/^\[DOWN\] /)
  })

  test('sends one email though the database is away when it should be noted', async () => {
    const { db, cut, mend } = await openCuttable()
    const real = mailer()
    const { lines } = await startNotifier(
      {
        async send(mail) {
          const sent = await real.send(mail)
          cut()
          return sent
        },
      },
      db,
    )
    await enqueue('outage')
    await vi.waitFor(() =>
      expect(lines.map(({ text }) => text)).toContain('email sent, not noted yet'),
    )
    mend()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(await rows()).toMatchObject([{ end: 'sent', attempts: 1 }])
    expect(sink.accepted).toHaveLength(1)
  })

  test('sends later what the database kept it from claiming', async () => {
    const { db, cut, mend } = await openCuttable()
    cut()
    const { lines } = await startNotifier(mailer(), db)
    await enqueue('outage')
    await vi.waitFor(() =>
      expect(lines.map(({ text }) => text)).toContain('the database failed the notifier'),
    )
    mend()
    await eventually(async () => expect(await unfinishedJobs()).toBe(0))
    expect(await rows()).toMatchObject([{ end: 'sent', attempts: 1 }])
  })

  test('told to stop, ends what it is sending, and takes no more', async () => {
    const gate = Promise.withResolvers<void>()
    const sending: string[] = []
    const slow: Pick<Mailer, 'send'> = {
      async send({ to }) {
        sending.push(to)
        await gate.promise
        return { outcome: 'sent', response: '250' }
      },
    }
    for (const n of [1, 2, 3, 4, 5, 6]) await enqueue('outage', { recipient: `r${n}@x.example` })
    const { notifier } = await startNotifier(slow)
    await vi.waitFor(() => expect(sending).toHaveLength(4))
    const stopped = notifier.stop()
    gate.resolve()
    await stopped
    expect((await rows()).map(({ end }) => end).sort()).toEqual([
      ...['sent', 'sent', 'sent', 'sent'],
      ...['waits', 'waits'],
    ])
    expect(sending).toHaveLength(4)
  })
})
