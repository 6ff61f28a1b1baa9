import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import type { Certificate } from './certificates.ts'

/** What a scripted server does instead of taking a mail; each answer is used up once. */
export type SmtpAnswer =
  | 'accept'
  /** Takes the connection and says nothing. */
  | 'no_greeting'
  /** Breaks the connection instead of greeting. */
  | 'hang_up'
  /** Reads the whole mail, then breaks the connection: the sender cannot know whether it was taken. */
  | 'drop_after_data'
  | { readonly code: number; readonly to: 'MAIL FROM' | 'RCPT TO' | 'DATA'; readonly text?: string }

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
}

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
  const script: SmtpAnswer[] = []
  const sockets = new Set<Socket>()
  let connectionCount = 0

  /** Uses up the next answer if it is one to this command. */
  const refusalOf = (command: string) => {
    const [answer] = script
    if (typeof answer !== 'object' || answer.to !== command) return null
    script.shift()
    refusals.push(`${answer.code} ${command}`)
    const error = new Error(answer.text ?? 'as scripted')
    return Object.assign(error, { responseCode: answer.code })
  }

  const breakOff = ({ remotePort }: SMTPServerSession) => {
    for (const socket of sockets) if (socket.remotePort === remotePort) socket.destroy()
  }

  const behaviour: SMTPServerOptions = {
    onConnect: (session, done) => {
      if (script[0] !== 'no_greeting' && script[0] !== 'hang_up') return done()
      if (script.shift() === 'hang_up') breakOff(session)
    },
    onAuth: (auth, _session, done) => {
      const { user, password } = options.login ?? {}
      if (auth.username === user && auth.password === password) return done(null, { user })
      const repeated = Buffer.from(String(auth.password)).toString('base64')
      done(Object.assign(new Error(`bad login ${repeated}`), { responseCode: 535 }))
    },
    onMailFrom: (_address, _session, done) => done(refusalOf('MAIL FROM')),
    onRcptTo: (_address, _session, done) => done(refusalOf('RCPT TO')),
    onData: async (stream, session, done) => {
      const raw = await text(stream)
      const mail: SinkMail = {
        atMs: Date.now(),
        envelopeFrom: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
        envelopeTo: session.envelope.rcptTo.map(({ address }) => address),
        isEncrypted: session.secure,
        raw,
        parsed: await PostalMime.parse(raw),
      }
      const refusal = refusalOf('DATA')
      if (refusal !== null) return done(refusal)
      if (script.shift() === 'drop_after_data') {
        dropped.push(mail)
        for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy()
        return
      }
      accepted.push(mail)
      done()
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
    answerNext: (...answers) => void script.push(...answers),
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
