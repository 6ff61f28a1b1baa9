import { describe, expect, test } from 'vitest'
import { outageId } from '#shared/domain/identity.ts'
import { type EmailFacts, judgeEmails } from './emails-once-in-order.ts'
import { clock, fault, mail, ms, notification, outage, outageEvent } from './hand-made.ts'

const id = outageId(1, ms(0))
const to = 'to ops@example.org'
const good: EmailFacts = {
  outages: [outage(0, 20)],
  events: [outageEvent(0)],
  notifications: [notification(0), notification(0, 'recovery')],
  mails: [mail(0, 'outage', 5), mail(0, 'recovery', 25)],
  sites: new Set([1]),
  faults: [],
}
/** The outage was sent twice; `before` is the first time. */
const twice = (before = mail(0, 'outage', 5)) => ({
  notifications: [notification(0, 'outage', { attempts: 2 }), notification(0, 'recovery')],
  mails: [before, mail(0, 'outage', 15), mail(0, 'recovery', 25)],
})
const retracted = {
  outages: [],
  events: [outageEvent(0), outageEvent(0, 'retracted')],
  notifications: [notification(0)],
  mails: [mail(0, 'outage', 5)],
}
const correction = notification(0, 'correction')

describe('every outage and recovery is told once, in order', () => {
  test.each<[string, Partial<EmailFacts>]>([
    ['an outage that ended', {}],
    [
      'an outage that lasts',
      { outages: [outage(0)], notifications: [notification(0)], mails: [mail(0, 'outage', 5)] },
    ],
    [
      'an outage that is held, and nobody was told of',
      { outages: [outage(0, 20, { heldBy: 'flapping' })], notifications: [], mails: [] },
    ],
    [
      'one that began to flap, which has a message of its own',
      {
        outages: [outage(0, 20, { heldBy: 'flapping' })],
        notifications: [notification(0, 'flapping')],
        mails: [mail(0, 'flapping', 5)],
      },
    ],
    [
      'one that was retracted before anybody was told',
      { ...retracted, notifications: [], mails: [] },
    ],
    ['one that went with its site', { ...retracted, sites: new Set<number>() }],
    [
      'one that was retracted, and corrected',
      {
        ...retracted,
        notifications: [notification(0), correction],
        mails: [mail(0, 'outage', 5), mail(0, 'correction', 9)],
      },
    ],
    [
      'one that the mail server refused',
      {
        notifications: [
          notification(0, 'outage', { outcome: 'failed' }),
          notification(0, 'recovery'),
        ],
        mails: [mail(0, 'recovery', 25)],
        faults: [fault('smtp', 0, 20, 'refuse')],
      },
    ],
  ])('holds of %s', (_, change) => {
    expect(judgeEmails({ ...good, ...change }).violations).toEqual([])
  })

  const other = {
    messageId: '<recovery-0@uptick>',
    subject: 'again',
    headers: [],
    headerLines: [],
    attachments: [],
  }
  test.each<[string, Partial<EmailFacts>, string]>([
    [
      'an email that never came',
      { mails: [mail(0, 'recovery', 25)] },
      `outage of ${id} ${to}: noted as sent, and never arrived`,
    ],
    [
      'one of which the server never told whether it took it',
      { mails: [mail(0, 'outage', 5, { answer: 'unclear' }), mail(0, 'recovery', 25)] },
      `outage of ${id} ${to}: noted as sent, and never arrived`,
    ],
    [
      'a message that still waits',
      {
        notifications: [
          notification(0, 'outage', { outcome: 'waiting' }),
          notification(0, 'recovery'),
        ],
      },
      `outage of ${id} ${to}: was never sent`,
    ],
    [
      'one that was given up without a refusal',
      {
        notifications: [
          notification(0, 'outage', { outcome: 'failed' }),
          notification(0, 'recovery'),
        ],
      },
      `outage of ${id} ${to}: given up, and no mail server refused anything`,
    ],
    [
      'a second copy without an ambiguity',
      twice(),
      `outage of ${id} ${to}: sent again at ${clock(15)}, after it was accepted at ${clock(5)}`,
    ],
    [
      'a second copy long after the sender was killed',
      { ...twice(), faults: [fault('consumer', 12)] },
      `outage of ${id} ${to}: sent again at ${clock(15)}, after it was accepted at ${clock(5)}`,
    ],
    [
      'a second copy that a killed worker should explain',
      { ...twice(), faults: [fault('worker', 5)] },
      `outage of ${id} ${to}: sent again at ${clock(15)}, after it was accepted at ${clock(5)}`,
    ],
    [
      'a recovery before its outage',
      { mails: [mail(0, 'outage', 26), mail(0, 'recovery', 25)] },
      `recovery of ${id} ${to}: came before its outage`,
    ],
    [
      'an email to somebody else',
      {
        mails: [mail(0, 'outage', 5, { envelopeTo: ['eve@example.org'] }), mail(0, 'recovery', 25)],
      },
      `outage of ${id} ${to}: went to eve@example.org`,
    ],
    [
      'an email that belongs to nothing',
      { mails: [...good.mails, mail(9, 'outage', 30)] },
      'email <outage-9@uptick> (outage) belongs to no message',
    ],
    [
      'a recovery that was sent under the other id',
      {
        mails: [
          mail(0, 'outage', 5),
          mail(0, 'recovery', 25, { parsed: { ...other, messageId: '<new@uptick>' } }),
        ],
      },
      'email <new@uptick> (again) belongs to no message',
    ],
    [
      'an outage that nobody wrote a message about',
      { notifications: [], mails: [] },
      `outage ${id}: no message of its outage`,
    ],
    [
      'an end that nobody was told of',
      { notifications: [notification(0)], mails: [mail(0, 'outage', 5)] },
      `outage ${id}: no message of its recovery`,
    ],
    [
      'an end that one of two was told of',
      {
        notifications: [
          ...good.notifications,
          notification(0, 'outage', { recipient: 'b@example.org', messageId: '<b@uptick>' }),
        ],
        mails: [
          ...good.mails,
          mail(0, 'outage', 6, {
            envelopeTo: ['b@example.org'],
            parsed: { ...other, messageId: '<b@uptick>' },
          }),
        ],
      },
      `outage ${id}: b@example.org was told of its beginning or of its end alone`,
    ],
    [
      'a message about an outage that never was',
      { outages: [], events: [] },
      `outage of ${id} ${to}: there was never such an outage`,
    ],
    [
      'a retracted outage without its correction',
      retracted,
      `outage of ${id} ${to}: the outage was retracted, and nobody corrected it`,
    ],
    [
      'a correction of an outage that stands',
      {
        notifications: [...good.notifications, correction],
        mails: [...good.mails, mail(0, 'correction', 30)],
      },
      `correction of ${id} ${to}: the outage stands`,
    ],
  ])('does not hold with %s', (_, change, violation) => {
    expect(judgeEmails({ ...good, ...change }).violations[0]).toBe(violation)
  })

  test('does not hold with more copies than attempts, whatever the fault', () => {
    const { violations } = judgeEmails({
      ...good,
      mails: twice().mails,
      faults: [fault('consumer', 5.2)],
    })
    expect(violations).toEqual([`outage of ${id} ${to}: 2 copies of 1 attempts`])
  })

  test.each<[string, Partial<EmailFacts>, string]>([
    [
      'an answer that was lost',
      twice(mail(0, 'outage', 5, { answer: 'unclear' })),
      'second copies after an unclear answer: 1',
    ],
    [
      'a sender that was killed before it could note the answer',
      { ...twice(), faults: [fault('consumer', 5.3)] },
      'second copies after a fault between the answer and our note: 1, at most 4 of each',
    ],
    [
      'a sender that was killed while Postgres was away to note it',
      { ...twice(), faults: [fault('postgres', 4, 10), fault('consumer', 9)] },
      'second copies after a fault between the answer and our note: 1, at most 4 of each',
    ],
  ])('excuses a second copy after %s, and counts it', (_, change, remark) => {
    const finding = judgeEmails({ ...good, ...change })
    expect(finding.violations).toEqual([])
    expect(finding.remarks).toContain(remark)
  })

  test('lets one killed sender double four emails, and no more', () => {
    const doubled = (count: number) => {
      const starts = Array.from({ length: count }, (_, index) => index * 100)
      return judgeEmails({
        outages: starts.map((start) => outage(start)),
        events: starts.map((start) => outageEvent(start)),
        notifications: starts.map((start) => notification(start, 'outage', { attempts: 2 })),
        mails: starts.flatMap((start) => [mail(start, 'outage', 5), mail(start, 'outage', 70)]),
        sites: new Set([1]),
        faults: [fault('consumer', 5.1)],
      }).violations
    }
    expect(doubled(4)).toEqual([])
    expect(doubled(5)).toEqual([
      `5 second copies by one kill of consumer-1 at ${clock(5.1)}, which had at most 4 under way`,
    ])
  })
})
