import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import {
  SMTPServer,
  type SMTPServerAuthentication,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'
import type { Certificate } from './certificates.ts'
import { type SmtpAnswer, type SmtpCommand, SmtpScript } from './smtp-script.ts'

export type SinkMail = {
  /** When it had been read whole. */
  readonly atMs: number
  readonly envelopeFrom: string
  readonly envelopeTo: readonly string[]
  readonly isEncrypted: boolean
  readonly raw: string
  readonly parsed: Email
}

export type SmtpSinkOptions = {
  /** The only login that is taken; without it none is asked for. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Offers STARTTLS with it. */
  readonly certificate?: Certificate
  /** Told in the middle of an exchange; nothing is answered before it is done. */
  readonly onMoment?: (moment: SmtpMoment, clientPort: number) => Promise<'answer' | 'break_off'>
}

/** `recipient_known`: after RCPT TO. `mail_read`: after the final dot. */
export type SmtpMoment = 'recipient_known' | 'mail_read'

export type SmtpSink = {
  readonly port: number
  readonly url: string
  /** Answered with 250, oldest first. */
  readonly accepted: readonly SinkMail[]
  /** Read whole, and not answered. */
  readonly dropped: readonly SinkMail[]
  /** What was refused before it was read: `<code> <command>`. */
  readonly refusals: readonly string[]
  connectionCount(): number
  /** For the next mails, in this order; accepts all that follow. */
  answerNext(...answers: readonly SmtpAnswer[]): void
  /** For all that have no answer of their own, each answer asked for anew; until told otherwise. */
  answerAll(answer: () => SmtpAnswer): void
  /** Breaks all connections and listens no more. */
  goAway(): Promise<void>
  /** On the same port. */
  comeBack(): Promise<void>
}

const HOST = '127.0.0.1'

/** A real SMTP server on loopback that keeps what it gets and misbehaves as told. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const accepted: SinkMail[] = []
  const dropped: SinkMail[] = []
  const refusals: string[] = []
  const sockets = new Set<Socket>()
  const script = new SmtpScript()
  let connectionCount = 0

  const refusalOf = ({ remotePort }: SMTPServerSession, command: SmtpCommand) => {
    const refusal = script.refusalOf(remotePort, command)
    if (refusal === null) return null
    refusals.push(`${refusal.code} ${command}`)
    const error = new Error(refusal.text ?? 'as scripted')
    return Object.assign(error, { responseCode: refusal.code })
  }

  const breakOff = ({ remotePort }: SMTPServerSession) => {
    for (const socket of sockets) if (socket.remotePort === remotePort) socket.destroy()
  }

  const behaviour: SMTPServerOptions = {
    onConnect: (session, done) => {
      const greeting = script.greet()
      if (greeting === 'greet') return done()
      if (greeting === 'hang_up') breakOff(session)
    },
    onClose: ({ remotePort }) => script.end(remotePort),
    onAuth: (auth, _session, done) => done(...answerToLogin(options.login, auth)),
    onMailFrom: (_address, session, done) => {
      script.begin(session.remotePort)
      done(refusalOf(session, 'MAIL FROM'))
    },
    onRcptTo: async (_address, session, done) => {
      await options.onMoment?.('recipient_known', session.remotePort)
      done(refusalOf(session, 'RCPT TO'))
    },
    onData: async (stream, session, done) => {
      const mail = await readMail(stream, session).catch(() => null)
      // Its sender died in the middle of it: there is nobody to answer.
      if (mail === null) return
      const refusal = refusalOf(session, 'DATA')
      if (refusal !== null) return done(refusal)
      const moment = await options.onMoment?.('mail_read', session.remotePort)
      if (script.settle(session.remotePort) === 'accept' && moment !== 'break_off') {
        accepted.push(mail)
        return done()
      }
      dropped.push(mail)
      breakOff(session)
    },
  }

  const open = async (port: number) => {
    const server = new SMTPServer({ ...behaviour, ...securityOf(options) })
    // A client that breaks off is part of the tests.
    server.on('error', () => undefined)
    server.server.on('connection', (socket) => {
      connectionCount++
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.listen(port, HOST)
    await once(server.server, 'listening')
    return server
  }

  let server = await open(0)
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    url: `smtp://${HOST}:${port}`,
    accepted,
    dropped,
    refusals,
    connectionCount: () => connectionCount,
    answerNext: (...answers) => script.add(answers),
    answerAll(answer) {
      script.standing = answer
    },
    async goAway() {
      if (!server.server.listening) return
      const closed = once(server.server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async comeBack() {
      server = await open(port)
    },
  }
}

async function readMail(stream: Readable, session: SMTPServerSession): Promise<SinkMail> {
  const raw = await text(stream)
  return {
    atMs: Date.now(),
    envelopeFrom: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
    envelopeTo: session.envelope.rcptTo.map(({ address }) => address),
    isEncrypted: session.secure,
    raw,
    parsed: await PostalMime.parse(raw),
  }
}

function answerToLogin(
  login: SmtpSinkOptions['login'],
  auth: SMTPServerAuthentication,
): [Error | null, { readonly user: string }?] {
  if (login !== undefined && auth.username === login.user && auth.password === login.password)
    return [null, { user: login.user }]
  const repeated = Buffer.from(String(auth.password)).toString('base64')
  return [Object.assign(new Error(`bad login ${repeated}`), { responseCode: 535 })]
}

function securityOf({ login, certificate }: SmtpSinkOptions): SMTPServerOptions {
  const withoutTls = certificate === undefined
  return {
    ...certificate,
    authOptional: login === undefined,
    allowInsecureAuth: withoutTls,
    disabledCommands: withoutTls ? ['STARTTLS'] : [],
    disableReverseLookup: true,
  }
}
