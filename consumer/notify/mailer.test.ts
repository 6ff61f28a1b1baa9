import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificates } from '../../test/support/certificates.ts'
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../../test/support/smtp-sink.ts'
import { askMailServer, type Mailer, mailerLimits, openMailer } from './mailer.ts'
import type { SmtpServer } from './settings.ts'

const from = { name: 'Uptick, "prod"', address: 'uptick@uptick.example', domain: 'uptick.example' }
const mail = {
  to: 'ops@x.example',
  subject: '[RECOVERED] Ämter 日本 after 12m',
  text: 'Ämter 日本 is up again.\n.\nEnd.\n',
  html: '<p>Ämter 日本 is up again.</p>',
  messageId: '<recovery-1@uptick.example>',
  inReplyTo: '<outage-1@uptick.example>',
}
const quick = { connectMs: 300, greetingMs: 300, silenceMs: 300, sendMs: 600 }

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function openSink(options?: SmtpSinkOptions): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  opened.push(() => sink.goAway())
  return sink
}

function mailerTo(port: number, changes: Partial<SmtpServer> = {}, limits = mailerLimits): Mailer {
  const server = { host: '127.0.0.1', port, security: 'starttls_if_offered', login: null } as const
  const settings = { server: { ...server, ...changes }, from, messageIdDomain: from.domain }
  const mailer = openMailer(settings, limits)
  opened.push(() => mailer.close())
  return mailer
}

describe('a mail', () => {
  test('arrives as it was written, in its thread, to one recipient', async () => {
    const sink = await openSink()
    expect(await mailerTo(sink.port).send(mail)).toEqual({
      outcome: 'sent',
      response: expect.stringMatching(/^250 /),
    })
    expect(sink.accepted).toHaveLength(1)
    const [{ envelopeFrom, envelopeTo, parsed } = expect.fail()] = sink.accepted
    expect({ envelopeFrom, envelopeTo }).toEqual({
      envelopeFrom: 'uptick@uptick.example',
      envelopeTo: ['ops@x.example'],
    })
    expect(parsed).toMatchObject({
      from: { name: 'Uptick, "prod"', address: 'uptick@uptick.example' },
      to: [{ address: 'ops@x.example' }],
      subject: mail.subject,
      messageId: mail.messageId,
      inReplyTo: mail.inReplyTo,
      references: mail.inReplyTo,
    })
    expect(parsed.text?.trimEnd()).toBe(mail.text.trimEnd())
    expect(parsed.html).toContain(mail.html)
    expect(Object.fromEntries(parsed.headers.map(({ key, value }) => [key, value]))).toMatchObject({
      'list-id': '"Uptick" <uptick.uptick.example>',
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
    })
  })

  test('that starts a thread answers none', async () => {
    const sink = await openSink()
    await mailerTo(sink.port).send({ ...mail, inReplyTo: null })
    expect(sink.accepted[0]?.raw).not.toMatch(/^(In-Reply-To|References):/im)
  })

  test('can carry neither headers, recipients, files nor URLs in its texts', async () => {
    const sink = await openSink()
    const subject = 'a\r\nBcc: evil@y.example\r\n\r\nbody'
    await mailerTo(sink.port).send({ ...mail, subject, text: '/etc/passwd' })
    const [{ envelopeTo, parsed, raw } = expect.fail()] = sink.accepted
    expect(envelopeTo).toEqual(['ops@x.example'])
    expect(raw).not.toMatch(/^Bcc:/im)
    expect(parsed.text).toBe('/etc/passwd\n')
  })

  test('uses the connection of the one before it', async () => {
    const sink = await openSink()
    const mailer = mailerTo(sink.port)
    await mailer.send(mail)
    await mailer.send(mail)
    expect({ mails: sink.accepted.length, connections: sink.connectionCount() }).toEqual({
      mails: 2,
      connections: 1,
    })
  })
})

describe('an attempt to send ends as', () => {
  test.each([
    ['put off', { code: 451, to: 'RCPT TO' }, { outcome: 'retry', concerns: 'message' }],
    ['put off', { code: 452, to: 'DATA' }, { outcome: 'retry', concerns: 'message' }],
    ['put off for all', { code: 421, to: 'RCPT TO' }, { outcome: 'retry', concerns: 'server' }],
    ['put off for all', 'no_greeting', { outcome: 'retry', concerns: 'server' }],
    ['put off for all', 'drop_after_data', { outcome: 'retry', concerns: 'server' }],
    ['refused', { code: 550, to: 'RCPT TO' }, { outcome: 'refused' }],
    ['refused', { code: 554, to: 'DATA' }, { outcome: 'refused' }],
    ['misconfigured', { code: 530, to: 'MAIL FROM' }, { outcome: 'misconfigured' }],
    ['misconfigured', { code: 553, to: 'MAIL FROM' }, { outcome: 'misconfigured' }],
  ] as const)('%s after %o, with a reason, and the next one is sent', async (_, answer, end) => {
    const sink = await openSink()
    sink.answerNext(answer)
    // Only who says nothing is waited for: an answer may be slow on a machine that has much to do.
    const mailer = mailerTo(sink.port, {}, answer === 'no_greeting' ? quick : mailerLimits)
    expect(await mailer.send(mail)).toEqual({ ...end, reason: expect.stringMatching(/\S/) })
    expect(sink.accepted).toHaveLength(0)
    expect(await mailer.send(mail)).toMatchObject({ outcome: 'sent' })
    expect(sink.accepted).toHaveLength(1)
  })

  test('put off after a single connection, when the server hangs up before it greets', async () => {
    const sink = await openSink()
    sink.answerNext('hang_up')
    expect(await mailerTo(sink.port).send(mail)).toMatchObject({
      outcome: 'retry',
      concerns: 'server',
    })
    expect({ connections: sink.connectionCount(), mails: sink.accepted.length }).toEqual({
      connections: 1,
      mails: 0,
    })
  })

  test('put off when nothing listens', async () => {
    const sink = await openSink()
    await sink.goAway()
    expect(await mailerTo(sink.port).send(mail)).toMatchObject({
      outcome: 'retry',
      concerns: 'server',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('put off when the server dribbles for ever', async () => {
    const server = createServer((socket) => {
      const dribble = setInterval(() => socket.write('220-wait\r\n'), 20)
      socket.on('error', () => undefined).on('close', () => clearInterval(dribble))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.push(() => server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : expect.fail()
    const limits = { connectMs: 60_000, greetingMs: 60_000, silenceMs: 60_000, sendMs: 300 }
    expect(await mailerTo(port, {}, limits).send(mail)).toMatchObject({
      outcome: 'retry',
      concerns: 'server',
      reason: expect.stringContaining('EABORT'),
    })
  })

  test('put off when the mailer is closed under it', async () => {
    const sink = await openSink()
    sink.answerNext('no_greeting')
    const mailer = mailerTo(sink.port)
    const sending = mailer.send(mail)
    await expect.poll(() => sink.connectionCount()).toBe(1)
    mailer.close()
    expect(await sending).toMatchObject({ outcome: 'retry' })
  })
})

describe('a login', () => {
  const login = { user: 'uptick', password: 'correct horse' }

  test('that is right is used', async () => {
    const sink = await openSink({ login })
    expect(await mailerTo(sink.port, { login }).send(mail)).toMatchObject({ outcome: 'sent' })
  })

  test('that is wrong is misconfigured, and its password is not told though the server repeats it', async () => {
    const sink = await openSink({ login })
    const wrong = { user: 'uptick', password: 'wrong horse' }
    const end = await mailerTo(sink.port, { login: wrong }).send(mail)
    expect(end).toEqual({ outcome: 'misconfigured', reason: expect.stringContaining('535') })
    const told = JSON.stringify(end)
    expect(told).toContain('bad login ***')
    expect(told).not.toContain('wrong horse')
    expect(told).not.toContain(Buffer.from('wrong horse').toString('base64'))
  })

  test('that is missing is misconfigured', async () => {
    const sink = await openSink({ login })
    expect(await mailerTo(sink.port).send(mail)).toMatchObject({ outcome: 'misconfigured' })
  })
})

describe('TLS', async () => {
  const { selfSigned: certificate } = await makeCertificates()

  test('is used where it is offered, whatever the certificate, when plain text would do', async () => {
    const sink = await openSink({ certificate })
    expect(await mailerTo(sink.port).send(mail)).toMatchObject({ outcome: 'sent' })
    expect(sink.accepted[0]?.isEncrypted).toBe(true)
  })

  test('that is required and not offered: nothing is sent', async () => {
    const sink = await openSink()
    const end = await mailerTo(sink.port, { security: 'starttls_required' }).send(mail)
    expect(end).toMatchObject({
      outcome: 'misconfigured',
      reason: expect.stringContaining('SMTP_REQUIRE_TLS'),
    })
    expect(sink.accepted).toHaveLength(0)
  })

  test('that is required with a certificate nobody vouches for: nothing is sent', async () => {
    const sink = await openSink({ certificate })
    const end = await mailerTo(sink.port, { security: 'starttls_required' }).send(mail)
    expect(end).toMatchObject({
      outcome: 'retry',
      concerns: 'server',
      reason: expect.stringContaining('self-signed certificate'),
    })
    expect(sink.accepted).toHaveLength(0)
  })

  test('from the first byte against a server without it: nothing is sent', async () => {
    const sink = await openSink()
    const end = await mailerTo(sink.port, { security: 'tls' }, quick).send(mail)
    expect(end).toMatchObject({ outcome: expect.stringMatching(/^(retry|misconfigured)$/) })
    expect(sink.accepted).toHaveLength(0)
  })
})

describe('a mail server that is only asked', () => {
  const login = { user: 'uptick', password: 'correct horse' }
  const serverAt = (port: number, changes: Partial<SmtpServer> = {}): SmtpServer => ({
    host: '127.0.0.1',
    port,
    security: 'starttls_if_offered',
    login: null,
    ...changes,
  })

  test('answers, takes the login, and is sent nothing', async () => {
    const sink = await openSink({ login })
    expect(await askMailServer(serverAt(sink.port, { login }), mailerLimits)).toEqual({
      outcome: 'answers',
    })
    expect(sink.accepted).toEqual([])
  })

  test('refuses the login, and no password is told', async () => {
    const sink = await openSink({ login })
    const wrong = { ...login, password: 'wrong horse' }
    const answer = await askMailServer(serverAt(sink.port, { login: wrong }), mailerLimits)
    expect(answer.outcome).toBe('misconfigured')
    expect(JSON.stringify(answer)).not.toContain('wrong horse')
  })

  test('says nothing, or is away', async () => {
    const sink = await openSink()
    sink.answerNext('no_greeting')
    expect(await askMailServer(serverAt(sink.port), quick)).toMatchObject({ outcome: 'retry' })
    await sink.goAway()
    expect(await askMailServer(serverAt(sink.port), quick)).toMatchObject({ outcome: 'retry' })
  })
})
