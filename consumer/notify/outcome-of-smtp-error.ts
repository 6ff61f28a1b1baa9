import { plainLine } from '#shared/domain/plain-line.ts'

/** What came of an attempt to send. */
export type SendOutcome =
  | { readonly outcome: 'sent'; readonly response: string }
  | Retry
  /** For good: the server will say the same again. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** No mail can be sent until somebody changes the settings, ours or the server's. */
  | { readonly outcome: 'misconfigured'; readonly reason: string }

/** Worth trying again later. `server`: no mail gets through now; `message`: others may. */
type Retry = {
  readonly outcome: 'retry'
  readonly concerns: 'server' | 'message'
  readonly reason: string
}

/** What nodemailer says of a failed attempt. */
export type SmtpError = {
  readonly message: string
  readonly code: string | null
  /** The server's, when it answered. */
  readonly responseCode: number | null
  /** What the server answered to: `RCPT TO`, `DATA`, `CONN`... */
  readonly command: string | null
}

const configurationCodes: ReadonlySet<string> = new Set([
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'ETLS',
  'EREQUIRETLS',
  'ECONFIG',
])

/** The connection, not the message, is at fault; also when the server gave a reply of 500 to the connection. */
const connectionCodes: ReadonlySet<string> = new Set([
  'ESOCKET',
  'EDNS',
  'ETIMEDOUT',
  'ECONNECTION',
  'EPROTOCOL',
  'EMAXLIMIT',
  'EPROXY',
  'EABORT',
])

/** The server closes the connection (RFC 5321, 4.2.3). */
const SHUTTING_DOWN = 421
/** Bad sequence of commands: the session was in a wrong state, the message is not at fault. */
const BAD_SEQUENCE = 503
/** The server wants a login or TLS first (RFC 4954, RFC 3207). */
const LOGIN_REQUIRED = 530
const REASON_MAX = 500

/** Pure: retry, give up on this message, or wait for somebody to mend the settings. */
export function outcomeOfSmtpError(error: SmtpError): Exclude<SendOutcome, { outcome: 'sent' }> {
  const { code, responseCode, command } = error
  const reason = reasonOf(error)
  if (code !== null && configurationCodes.has(code)) return whenMisconfigured(error, reason)
  if (responseCode === SHUTTING_DOWN || responseCode === BAD_SEQUENCE || isConnection(code))
    return { outcome: 'retry', concerns: 'server', reason }
  if (responseCode === null) return whenUnanswered(code, reason)
  if (responseCode < 500) return { outcome: 'retry', concerns: 'message', reason }
  // A sender that is refused is refused for every message: that is no fault of this one.
  const isAboutUs = responseCode === LOGIN_REQUIRED || command === 'MAIL FROM'
  return { outcome: isAboutUs ? 'misconfigured' : 'refused', reason }
}

function isConnection(code: string | null): boolean {
  return code !== null && connectionCodes.has(code)
}

/** A server that is short of something for now answers a login with 4xx: then nothing is wrong with ours. */
function whenMisconfigured({ code, responseCode }: SmtpError, reason: string) {
  const isForNow = responseCode !== null && responseCode >= 400 && responseCode < 500
  if (isForNow) return { outcome: 'retry', concerns: 'server', reason } as const
  const hint = code === 'ETLS' ? ' (see SMTP_REQUIRE_TLS and SMTP_SECURE)' : ''
  return { outcome: 'misconfigured', reason: `${reason}${hint}` } as const
}

/** Refused by the mail library itself, before the server was asked; or by something not foreseen. */
function whenUnanswered(code: string | null, reason: string) {
  const isRefused = code === 'EENVELOPE' || code === 'EMESSAGE' || code === 'EMAXRECIPIENTS'
  if (isRefused) return { outcome: 'refused', reason } as const
  return { outcome: 'retry', concerns: 'message', reason } as const
}

function reasonOf({ message, code }: SmtpError): string {
  const line = plainLine(message, REASON_MAX)
  return code === null ? line : `${line} (${code})`
}
