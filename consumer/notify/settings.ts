import net from 'node:net'
import { type Mailbox, parseEmailAddress, parseMailbox } from '#shared/domain/email-address.ts'
import type { SettingsReader } from '#shared/runtime/settings.ts'
import { parseSmtpUrl, SMTPS_PORT, type SmtpLogin, SUBMISSION_PORT } from './smtp-url.ts'

/**
 * `tls`: from the first byte. `starttls_required`: nothing is said before it. `starttls_if_offered`:
 * in the clear where the server offers none, so its certificate proves nothing and is not asked for.
 */
export type SmtpSecurity = 'tls' | 'starttls_required' | 'starttls_if_offered'

export type SmtpServer = {
  readonly host: string
  readonly port: number
  readonly security: SmtpSecurity
  readonly login: SmtpLogin | null
}

export type MailSettings = {
  readonly server: SmtpServer
  readonly from: Mailbox
  /** Who is told of sites that name nobody; may be empty, and then nobody is. */
  readonly defaultRecipients: readonly string[]
  /** Right-hand side of Message-IDs: the domain of the sender. */
  readonly messageIdDomain: string
}

/** Stands in after a problem was noted; the process does not get as far as using it. */
const NO_MAILBOX: Mailbox = { address: '', domain: '', name: null }

/**
 * Reads SMTP_URL (or SMTP_HOST, _PORT, _USER, _PASSWORD, _SECURE), SMTP_REQUIRE_TLS, SMTP_FROM and
 * ALERT_EMAIL_TO. TLS is required unless the server is on this machine: a mail server elsewhere
 * without it has to be asked for with SMTP_REQUIRE_TLS=false.
 */
export function readMailSettings(read: SettingsReader): MailSettings {
  const { isSecure, ...server } = readServer(read)
  const isTlsRequired = read.flag('SMTP_REQUIRE_TLS', { default: !isLoopback(server.host) })
  const startTls = isTlsRequired ? 'starttls_required' : 'starttls_if_offered'
  const from = readSender(read)
  return {
    server: { ...server, security: isSecure ? 'tls' : startTls },
    from,
    defaultRecipients: readRecipients(read),
    messageIdDomain: from.domain,
  }
}

type ServerSettings = Omit<SmtpServer, 'security'> & { readonly isSecure: boolean }

function readServer(read: SettingsReader): ServerSettings {
  const url = read.optionalText('SMTP_URL')
  if (url === null) return readServerParts(read)
  for (const name of ['SMTP_HOST', 'SMTP_PORT', 'SMTP_USER', 'SMTP_PASSWORD', 'SMTP_SECURE']) {
    if (read.optionalText(name) !== null)
      read.problems.push(`SMTP_URL and ${name} are both set: leave one`)
  }
  const parsed = parseSmtpUrl(url)
  if (!('problem' in parsed)) return parsed
  read.problems.push(`SMTP_URL: "***" ${parsed.problem}`)
  return { host: '', port: SUBMISSION_PORT, isSecure: false, login: null }
}

function readServerParts(read: SettingsReader): ServerSettings {
  const host = read.optionalText('SMTP_HOST')
  if (host === null) read.problems.push('SMTP_URL is required (or SMTP_HOST)')
  if (host !== null && !/^[\w.:-]+$/.test(host))
    read.problems.push(`SMTP_HOST: ${JSON.stringify(host)} must be a host name or an IP address`)
  const isSecure = read.flag('SMTP_SECURE', { default: false })
  const port = read.integer('SMTP_PORT', {
    min: 1,
    max: 65_535,
    default: isSecure ? SMTPS_PORT : SUBMISSION_PORT,
  })
  const user = read.optionalText('SMTP_USER')
  const password = read.optionalText('SMTP_PASSWORD')
  if ((user === null) !== (password === null))
    read.problems.push('SMTP_USER and SMTP_PASSWORD belong together: set both or neither')
  const login = user === null || password === null ? null : { user, password }
  return { host: host ?? '', port, isSecure, login }
}

function readSender(read: SettingsReader): Mailbox {
  const text = read.text('SMTP_FROM')
  if (text === '') return NO_MAILBOX
  const sender = parseMailbox(text)
  if (!('problem' in sender)) return sender
  const shape = 'it must be one address, or Name <address>'
  read.problems.push(`SMTP_FROM: ${JSON.stringify(text)} ${sender.problem}: ${shape}`)
  return NO_MAILBOX
}

function readRecipients(read: SettingsReader): readonly string[] {
  const recipients = read.list('ALERT_EMAIL_TO', { default: [] })
  for (const recipient of recipients) {
    const parsed = parseEmailAddress(recipient)
    if ('problem' in parsed)
      read.problems.push(`ALERT_EMAIL_TO: ${JSON.stringify(recipient)} ${parsed.problem}`)
  }
  return [...new Set(recipients)]
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  const isNamed = name === 'localhost' || name.endsWith('.localhost')
  return isNamed || name === '::1' || (net.isIPv4(name) && name.startsWith('127.'))
}
