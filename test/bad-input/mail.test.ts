import { createServer, connect as dial, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Mailer, mailerLimits, openMailer } from '../../consumer/notify/mailer.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

/**
 * Row 47: what mail servers say that mean no good, byte by byte. An attempt ends with a reason of one
 * short line, and the next mail, by the same mailer, is sent. consumer/notify/mailer.test.ts has
 * the rest: greetings that do not come, refusals, TLS and logins.
 */

const mail = {
  to: 'ops@x.example',
  subject: '[DOWN] shop',
  text: 'shop is down',
  html: '<p>shop is down</p>',
  messageId: '<1@uptick.example>',
  inReplyTo: null,
}
const quick = { ...mailerLimits, greetingMs: 1_000, silenceMs: 1_000, sendMs: 2_000 }

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** What a server says to each line of the client, `''` being the connection itself; null: no more. */
type Script = (line: string, socket: Socket) => string | Buffer | null

/** A server that follows the script once, and is a good one for all who come later. */
async function openTurncoat(script: Script): Promise<{ mailer: Mailer; sink: SmtpSink }> {
  const sink = await startSmtpSink()
  opened.push(() => sink.goAway())
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (connections++ > 0) return void pass(socket, sink.port, sockets)
    const say = (line: string) => {
      const said = script(line, socket)
      if (said !== null && socket.writable) socket.write(said)
    }
    let rest = ''
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) say(line)
    })
    say('')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : expect.fail()
  const from = { name: null, address: 'uptick@uptick.example', domain: 'uptick.example' }
  const plain = { host: '127.0.0.1', port, security: 'starttls_if_offered', login: null } as const
  const mailer = openMailer({ server: plain, from, messageIdDomain: from.domain }, quick)
  opened.push(() => mailer.close())
  return { mailer, sink }
}

function pass(socket: Socket, port: number, sockets: Set<Socket>): void {
  const onward = dial(port, '127.0.0.1')
  sockets.add(onward)
  onward.on('error', () => socket.destroy())
  socket.pipe(onward).pipe(socket)
}

/** A good server, but for one answer. */
const but = (command: RegExp, said: string | Buffer): Script => {
  let isBody = false
  return (line) => {
    if (isBody && line !== '.') return null
    const verb = isBody ? '.' : line
    isBody = line === 'DATA'
    if (command.test(verb)) return said
    if (verb === '') return '220 mail.example\r\n'
    return verb === 'DATA' ? '354 go on\r\n' : '250 fine\r\n'
  }
}
const megabytes = (count: number, line: string) => Buffer.alloc(count * 1024 * 1024, line, 'latin1')

describe('an attempt ends with one short line, and the next mail is sent', () => {
  test.each<[sentence: string, script: Script, outcome: object]>([
    [
      '47: a banner of 10 MiB on one line',
      but(/^$/, megabytes(10, 'x')),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: a banner of 10 MiB on many lines',
      but(/^$/, megabytes(10, '220-wait a little\r\n')),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: a banner in another language',
      but(/^$/, Buffer.from([0, 255, 254, 13, 10, 27, 91, 13, 10])),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: a greeting of a web server',
      but(/^$/, 'HTTP/1.1 400 Bad Request\r\n\r\n'),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: 250 without end to EHLO',
      but(/^EHLO/, '250-still going\r\n'),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: 421 to MAIL FROM',
      but(/^MAIL/, '421 closing\r\n'),
      { outcome: 'retry', concerns: 'server' },
    ],
    [
      '47: 450 to RCPT TO',
      but(/^RCPT/, '450 later\r\n'),
      { outcome: 'retry', concerns: 'message' },
    ],
    ['47: 550 to RCPT TO', but(/^RCPT/, '550 nobody\r\n'), { outcome: 'refused' }],
    ['47: 552 to RCPT TO', but(/^RCPT/, '552 full\r\n'), { outcome: 'refused' }],
    ['47: 552 to the mail itself', but(/^\.$/, '552 too much\r\n'), { outcome: 'refused' }],
    [
      '47: a refusal of 1 MiB',
      but(/^RCPT/, `550 ${'x'.repeat(1024 * 1024)}\r\n`),
      { outcome: 'refused' },
    ],
    [
      '47: a refusal that steers a terminal',
      but(/^RCPT/, '550 \u001b[2J\u0007no\r\n'),
      { outcome: 'refused' },
    ],
    ['47: silence after the mail', but(/^\.$/, ''), { outcome: 'retry', concerns: 'server' }],
  ])('%s', async (_, script, outcome) => {
    const { mailer, sink } = await openTurncoat(script)
    const ended = await mailer.send(mail)
    expect(ended).toEqual({ ...outcome, reason: expect.stringMatching(/^[^\p{Cc}]{1,600}$/u) })
    expect(sink.accepted).toEqual([])
    expect(await mailer.send(mail)).toMatchObject({ outcome: 'sent' })
    expect(sink.accepted).toHaveLength(1)
  })

  test('47: a connection that is reset once the mail was taken: it counts as sent', async () => {
    const script = but(/^\.$/, '250 taken\r\n')
    const { mailer, sink } = await openTurncoat((line, socket) => {
      const said = script(line, socket)
      if (line === '.') socket.write(said ?? '', () => socket.resetAndDestroy())
      return line === '.' ? null : said
    })
    expect(await mailer.send(mail)).toEqual({ outcome: 'sent', response: '250 taken' })
    // The pool may find out with the next mail that the connection is gone.
    await vi.waitFor(async () => expect(await mailer.send(mail)).toMatchObject({ outcome: 'sent' }))
    expect(sink.accepted).toHaveLength(1)
  })
})
