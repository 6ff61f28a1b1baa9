import { createTransport } from 'nodemailer'
import type { Mailbox } from '#shared/domain/email-address.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import type { Email } from './outage-email.ts'
import { outcomeOfSmtpError, type SendOutcome, type SmtpError } from './outcome-of-smtp-error.ts'
import type { MailSettings, SmtpServer } from './settings.ts'

/** One email to one recipient, so that it is accepted or refused as a whole. */
export type OutgoingMail = Email & {
  /** One strict address: see shared/domain/email-address.ts. */
  readonly to: string
  /** With angle brackets; the same at each attempt. */
  readonly messageId: string
  /** The Message-ID under which mail programs show this one; null: it starts a thread. */
  readonly inReplyTo: string | null
}

export type Mailer = {
  /** Never throws for anything a mail server does. */
  send(mail: OutgoingMail): Promise<SendOutcome>
  /** Breaks off what is being sent: it counts as not sent. */
  close(): void
}

export type MailerLimits = {
  readonly connectMs: number
  readonly greetingMs: number
  /** Of silence, once connected. */
  readonly silenceMs: number
  /** Of one attempt altogether: a server that dribbles is never silent. */
  readonly sendMs: number
}

export const mailerLimits: MailerLimits = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 30_000,
  sendMs: 45_000,
}

/** Connections, and so mails under way, at most; more of them wait their turn before they are claimed. */
export const MAILS_AT_ONCE = 4
const MAILS_PER_CONNECTION = 100
/** Mails come in bursts: an idle connection is not kept for the next one, which may be days away. */
const IDLE_MS = 10_000
const RESPONSE_MAX = 200

type PlainSettings = Pick<MailSettings, 'server' | 'from' | 'messageIdDomain'>

/** Opens a pool; nothing is connected before the first mail. */
export function openMailer(settings: PlainSettings, limits = mailerLimits): Mailer {
  const { server, from, messageIdDomain } = settings
  const transport = createTransport(transportOptions(server, limits))
  return {
    async send(mail) {
      const message = messageOf(mail, from, messageIdDomain)
      const signal = AbortSignal.timeout(limits.sendMs)
      try {
        const { response } = await transport.sendMail({ ...message, signal })
        return { outcome: 'sent', response: plainLine(response, RESPONSE_MAX) }
      } catch (error) {
        return outcomeOfSmtpError(smtpErrorOf(error, server.login))
      }
    },
    close: () => transport.close({ force: true }),
  }
}

export type MailServerAnswer =
  | { readonly outcome: 'answers' }
  | Exclude<SendOutcome, { readonly outcome: 'sent' }>

/** What a mail server says to a greeting and a login; nothing is sent. Never throws for anything it does. */
export async function askMailServer(
  server: SmtpServer,
  limits = mailerLimits,
): Promise<MailServerAnswer> {
  const transport = createTransport(transportOptions(server, limits))
  try {
    await transport.verify()
    return { outcome: 'answers' }
  } catch (error) {
    return outcomeOfSmtpError(smtpErrorOf(error, server.login))
  } finally {
    transport.close({ force: true })
  }
}

function transportOptions({ host, port, security, login }: SmtpServer, limits: MailerLimits) {
  const isOptional = security === 'starttls_if_offered'
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls_required',
    opportunisticTLS: isOptional,
    // Where plain text would do, a certificate nobody can check (a local Postfix has one) does too.
    tls: { rejectUnauthorized: !isOptional },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    pool: true as const,
    maxConnections: MAILS_AT_ONCE,
    maxMessages: MAILS_PER_CONNECTION,
    idleTimeout: IDLE_MS,
    // The pool would send a mail again by itself after a broken connection: a duplicate nobody sees.
    maxRequeues: 0,
    connectionTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function messageOf(mail: OutgoingMail, from: Mailbox, domain: string) {
  const { to, subject, text, html, messageId, inReplyTo } = mail
  return {
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    // Said explicitly: what the library would read out of headers is not trusted to be one address.
    envelope: { from: from.address, to: [to] },
    subject,
    text,
    html,
    messageId,
    ...(inReplyTo === null ? {} : { inReplyTo, references: [inReplyTo] }),
    list: { id: { url: `uptick.${domain}`, comment: 'Uptick' } },
    // Keeps answering machines from answering (RFC 3834, and Exchange's own).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

function smtpErrorOf(error: unknown, login: SmtpServer['login']): SmtpError {
  const thrown = error instanceof Error ? error : new Error(String(error))
  const fields: Partial<Record<keyof SmtpError, unknown>> = thrown
  const { code, responseCode, command } = fields
  return {
    message: withoutSecrets(thrown.message, login),
    code: typeof code === 'string' ? code : null,
    responseCode: typeof responseCode === 'number' ? responseCode : null,
    command: typeof command === 'string' ? command : null,
  }
}

/** A server's reply may repeat what it was sent. */
function withoutSecrets(text: string, login: SmtpServer['login']): string {
  if (login === null) return text
  const { user, password } = login
  const secrets = [password, ...[password, `\0${user}\0${password}`].map(base64)]
  return secrets.reduce((scrubbed, secret) => scrubbed.replaceAll(secret, '***'), text)
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
