import { describe, expect, test } from 'vitest'
import { type Environment, SettingsReader } from '#shared/runtime/settings.ts'
import { readMailSettings } from './settings.ts'

const complete = {
  SMTP_URL: 'smtp://mail.example',
  SMTP_FROM: 'Uptick <uptick@example.com>',
  ALERT_EMAIL_TO: 'ops@example.com',
}
const { SMTP_URL: _, ...withoutUrl } = complete

function read(env: Environment) {
  const reader = new SettingsReader(env)
  return { settings: readMailSettings(reader), problems: reader.problems }
}

describe('the mail server', () => {
  const login = { user: 'me', password: 'p@ss' }
  test.each([
    [
      'elsewhere takes STARTTLS on port 587 or nothing',
      { SMTP_URL: 'smtp://mail.example' },
      { host: 'mail.example', port: 587, security: 'starttls_required', login: null },
    ],
    [
      'may be told to do without TLS',
      { SMTP_URL: 'smtp://mail.example:25', SMTP_REQUIRE_TLS: 'false' },
      { host: 'mail.example', port: 25, security: 'starttls_if_offered', login: null },
    ],
    [
      'with smtps has TLS from the first byte',
      { SMTP_URL: 'smtps://me:p%40ss@mail.example' },
      { host: 'mail.example', port: 465, security: 'tls', login },
    ],
    [
      'on this machine needs no TLS',
      { SMTP_URL: 'smtp://127.0.0.1:1025/' },
      { host: '127.0.0.1', port: 1025, security: 'starttls_if_offered', login: null },
    ],
    [
      'on this machine by name needs none either',
      { SMTP_URL: 'smtp://localhost' },
      { host: 'localhost', port: 587, security: 'starttls_if_offered', login: null },
    ],
    [
      'on this machine by IPv6 needs none either',
      { SMTP_URL: 'smtp://[::1]:25' },
      { host: '::1', port: 25, security: 'starttls_if_offered', login: null },
    ],
    [
      'on this machine may be told to need it',
      { SMTP_URL: 'smtp://localhost', SMTP_REQUIRE_TLS: 'true' },
      { host: 'localhost', port: 587, security: 'starttls_required', login: null },
    ],
    [
      'whose name only begins like a loopback address is elsewhere',
      { SMTP_URL: 'smtp://127.0.0.1.mail.example' },
      { host: '127.0.0.1.mail.example', port: 587, security: 'starttls_required', login: null },
    ],
    [
      'may be given in parts',
      { SMTP_HOST: 'mail.example', SMTP_PORT: '2525', SMTP_USER: 'me', SMTP_PASSWORD: 'p@ss' },
      { host: 'mail.example', port: 2525, security: 'starttls_required', login },
    ],
    [
      'in parts has port 465 with TLS from the first byte',
      { SMTP_HOST: 'mail.example', SMTP_SECURE: 'true' },
      { host: 'mail.example', port: 465, security: 'tls', login: null },
    ],
  ])('%s', (_, env, server) => {
    const { settings, problems } = read({ ...withoutUrl, ...env })
    expect(problems).toEqual([])
    expect(settings.server).toEqual(server)
  })

  test.each([
    ['that is missing', {}, 'SMTP_URL is required (or SMTP_HOST)'],
    [
      'given twice',
      { SMTP_URL: 'smtp://a.example', SMTP_HOST: 'b.example' },
      'SMTP_URL and SMTP_HOST are both set: leave one',
    ],
    [
      'whose password is given twice',
      { SMTP_URL: 'smtp://u:p@a.example', SMTP_PASSWORD: 'p' },
      'SMTP_URL and SMTP_PASSWORD are both set: leave one',
    ],
    ['of another protocol', { SMTP_URL: 'https://a.example' }, 'must be smtp://'],
    ['without a host', { SMTP_URL: 'smtp://' }, 'must be smtp://'],
    ['with options in its URL', { SMTP_URL: 'smtp://a.example?pool=true' }, 'end after the port'],
    ['with a path', { SMTP_URL: 'smtp://a.example/x' }, 'end after the port'],
    ['at port 0', { SMTP_URL: 'smtp://a.example:0' }, 'must have a port from 1 to 65535'],
    ['with a user alone', { SMTP_URL: 'smtp://u@a.example' }, 'both a user and a password'],
    ['with a bare percent sign', { SMTP_URL: 'smtp://u:sec%ret@a.example' }, 'not percent-encoded'],
    ['with a user alone, in parts', { SMTP_HOST: 'a', SMTP_USER: 'u' }, 'belong together'],
    ['with a line break', { SMTP_HOST: 'a\r\nb' }, 'must be a host name or an IP address'],
    ['at a port that is none', { SMTP_HOST: 'a', SMTP_PORT: '70000' }, 'SMTP_PORT: "70000"'],
  ])('%s is a problem, told without its password', (_, env, problem) => {
    const { problems } = read({ ...withoutUrl, ...env })
    expect(problems).toEqual([expect.stringContaining(problem)])
    expect(problems.join()).not.toContain('sec')
  })
})

describe('sender and recipients', () => {
  test('are read, the recipients each once', () => {
    const { settings, problems } = read({
      ...complete,
      ALERT_EMAIL_TO: 'a@x.example, b@x.example,a@x.example',
    })
    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      from: { name: 'Uptick', address: 'uptick@example.com' },
      defaultRecipients: ['a@x.example', 'b@x.example'],
      messageIdDomain: 'example.com',
    })
  })

  test('may name nobody by default', () => {
    const { settings, problems } = read({ ...complete, ALERT_EMAIL_TO: '' })
    expect(problems).toEqual([])
    expect(settings.defaultRecipients).toEqual([])
  })

  test.each([
    ['a missing sender', { SMTP_FROM: '' }, ['SMTP_FROM is required']],
    ['two senders', { SMTP_FROM: 'a@x.example, b@x.example' }, ['SMTP_FROM: "a@x.example, b']],
    [
      'a sender that smuggles a header',
      { SMTP_FROM: 'a@x.example\r\nBcc: b@y.example' },
      ['SMTP_FROM: '],
    ],
    [
      'each bad recipient',
      { ALERT_EMAIL_TO: 'a, ok@x.example, b@' },
      ['ALERT_EMAIL_TO: "a"', 'ALERT_EMAIL_TO: "b@"'],
    ],
  ])('%s is a problem of its own', (_, env, problems) => {
    expect(read({ ...complete, ...env }).problems).toEqual(
      problems.map((problem) => expect.stringContaining(problem)),
    )
  })
})
