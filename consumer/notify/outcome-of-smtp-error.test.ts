import { describe, expect, test } from 'vitest'
import { outcomeOfSmtpError } from './outcome-of-smtp-error.ts'

const smtpError = (code: string | null, responseCode: number | null, command: string | null) => ({
  message: 'why',
  code,
  responseCode,
  command,
})

describe('an attempt to send that failed because', () => {
  test.each([
    ['nothing listens', 'ESOCKET', null, 'CONN', 'retry', 'server'],
    ['the name does not resolve', 'EDNS', null, 'CONN', 'retry', 'server'],
    ['no greeting came', 'ETIMEDOUT', null, 'CONN', 'retry', 'server'],
    ['the connection broke', 'ECONNECTION', null, 'DATA', 'retry', 'server'],
    ['the greeting is 554', 'EPROTOCOL', 554, 'CONN', 'retry', 'server'],
    ['the reply is no SMTP', 'EPROTOCOL', null, 'CONN', 'retry', 'server'],
    ['the connection had enough messages', 'EMAXLIMIT', null, null, 'retry', 'server'],
    ['our deadline passed', 'EABORT', null, null, 'retry', 'server'],
    ['the server shuts down', 'EENVELOPE', 421, 'RCPT TO', 'retry', 'server'],
    ['the session is out of step', 'EMESSAGE', 503, 'DATA', 'retry', 'server'],
    ['the login is not possible for now', 'EAUTH', 454, 'AUTH PLAIN', 'retry', 'server'],
    ['STARTTLS is not possible for now', 'ETLS', 454, 'STARTTLS', 'retry', 'server'],
    ['the recipient is greylisted', 'EENVELOPE', 451, 'RCPT TO', 'retry', 'message'],
    ['the mailbox is full for now', 'EMESSAGE', 452, 'DATA', 'retry', 'message'],
    ['of an error without a code', null, null, null, 'retry', 'message'],
    ['of an error with a new code', 'ENEW', null, null, 'retry', 'message'],
    ['there is no such mailbox', 'EENVELOPE', 550, 'RCPT TO', 'refused', undefined],
    ['the content is refused', 'EMESSAGE', 554, 'DATA', 'refused', undefined],
    ['the library refuses the recipient', 'EENVELOPE', null, 'API', 'refused', undefined],
    ['it has too many recipients', 'EMAXRECIPIENTS', null, null, 'refused', undefined],
    ['the login is wrong', 'EAUTH', 535, 'AUTH PLAIN', 'misconfigured', undefined],
    ['the login is missing', 'EAUTH', null, 'API', 'misconfigured', undefined],
    ['the server wants a login', 'EENVELOPE', 530, 'MAIL FROM', 'misconfigured', undefined],
    ['the recipient wants a login', 'EENVELOPE', 530, 'RCPT TO', 'misconfigured', undefined],
    ['the sender is refused', 'EENVELOPE', 553, 'MAIL FROM', 'misconfigured', undefined],
    ['there is no STARTTLS', 'ETLS', null, 'STARTTLS', 'misconfigured', undefined],
    ['STARTTLS is refused', 'ETLS', 502, 'STARTTLS', 'misconfigured', undefined],
    ['the options are wrong', 'ECONFIG', null, null, 'misconfigured', undefined],
  ])('%s (%s, %s, %s): %s', (_, code, responseCode, command, outcome, concerns) => {
    const result = outcomeOfSmtpError(smtpError(code, responseCode, command))
    expect(result.outcome).toBe(outcome)
    expect('concerns' in result ? result.concerns : undefined).toBe(concerns)
  })

  test.each([
    ['is one line with the code', 'a\r\nb', 'ESOCKET', 'a b (ESOCKET)'],
    ['names the setting to look at', 'no TLS', 'ETLS', /^no TLS \(ETLS\) \(see SMTP_REQUIRE_TLS/],
    ['is bounded', 'x'.repeat(1_000_000), null, /^x{499}…$/],
  ])('its reason %s', (_, message, code, reason) => {
    const result = outcomeOfSmtpError({ ...smtpError(code, null, null), message })
    expect(result.reason).toEqual(
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
    )
  })
})
