import { describe, expect, test } from 'vitest'
import type { ClaimedNotification } from '#db/notifications.ts'
import { notificationId } from '#shared/domain/identity.ts'
import { composeMail } from './compose-mail.ts'

const aboutId = '6f3a1c0e-52b8-5d0f-9c57-8f6f3f1d2a90'
const recipient = 'ops@x.example'
const messageIdOf = (kind: string) =>
  `<${notificationId(aboutId, kind, 'email', recipient)}@uptick.example>`

const notification: ClaimedNotification = {
  id: 1,
  kind: 'outage',
  recipient,
  messageId: messageIdOf('outage'),
  aboutId,
  attempts: 1,
  facts: {
    siteName: 'Shop',
    siteUrl: 'https://shop.example/',
    startedAtMs: 1_000,
    detectedAtMs: 61_000,
    endedAtMs: null,
    failure: 'dns',
    message: null,
    upSinceMs: null,
    statusCode: null,
    remoteAddress: null,
    excerpt: null,
    restlessness: null,
    evidence: [],
  },
}

describe('the mail of a notification', () => {
  test('about an outage starts a thread', () => {
    expect(composeMail(notification)).toMatchObject({
      to: recipient,
      subject: '[DOWN] Shop',
      messageId: messageIdOf('outage'),
      inReplyTo: null,
      siteName: 'Shop',
    })
  })

  test.each([
    ['recovery', '[RECOVERED] Shop'],
    ['correction', '[CORRECTION] Shop'],
  ] as const)('about its %s answers that of the outage', (kind, subject) => {
    expect(composeMail({ ...notification, kind, messageId: messageIdOf(kind) })).toMatchObject({
      subject,
      messageId: messageIdOf(kind),
      inReplyTo: messageIdOf('outage'),
    })
  })

  test.each([
    [
      'whose recipient smuggles a header',
      { recipient: 'b@x.example\r\nBcc: evil@y.example' },
      'the recipient must have one @',
    ],
    [
      'to two recipients',
      { recipient: 'a@x.example,b@y.example' },
      'the recipient must have one @',
    ],
    ['whose facts are unreadable', { facts: {} }, 'the stored facts cannot be read: siteName'],
  ])('%s cannot be sent', (_, changes, reason) => {
    expect(composeMail({ ...notification, ...changes })).toEqual({
      unsendable: expect.stringContaining(reason),
    })
  })
})
