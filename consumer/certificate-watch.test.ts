import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLog } from '#shared/runtime/log.ts'
import { Recording } from '../test/support/recording.ts'
import { resultAt } from '../test/support/results.ts'
import { certificateWatch, messagesAbout } from './certificate-watch.ts'
import { renderCertificateEmail } from './notify/certificate-email.ts'
import { decodeCertificateFacts } from './notify/certificate-facts.ts'

const DAY_MS = 86_400_000
let recording: Recording
beforeAll(async () => {
  recording = await Recording.open()
})
afterAll(() => recording.close())
beforeEach(async () => {
  await recording.clear()
  await sql`truncate cert_warnings`.execute(recording.database.db)
})

const watch = (days: readonly number[] = [21, 14, 7, 3, 1]) =>
  certificateWatch({ ...recording.context, days, log: openLog('test', 'silent') }).runOnce()
const daysOf = async () => (await watch()).map(({ days }) => days)

/** Site `siteId` has shown this certificate, which expires in so many days. */
const shows = (siteId: number, fingerprint: string, days: number, at = 0) =>
  recording.take({
    ...resultAt(at, 'up', siteId),
    certExpiresAtMs: Date.now() + days * DAY_MS,
    certificate: {
      subject: 'shop.example',
      issuer: 'Test CA',
      fingerprint,
      expiresAtMs: Date.now() + days * DAY_MS,
      chainError: null,
    },
  })

describe('a certificate', () => {
  beforeEach(() => recording.addSite())

  test.each([
    ['with a month left is not told of', 30, []],
    ['with less than 21 days left is', 20.9, [21]],
    ['with less than 14 days left is told of as that', 13.9, [14]],
    ['with less than a week left', 6.9, [7]],
    ['with less than 3 days left', 2.9, [3]],
    ['with less than a day left', 0.9, [1]],
    ['that has expired is no warning any more: the site is down', -0.1, []],
  ])('%s', async (_, days, expected) => {
    await shows(1, 'AA:01', days)
    expect(await daysOf()).toEqual(expected)
  })

  test('is told of once at each number of days', async () => {
    await shows(1, 'AA:01', 6.5)
    expect([await daysOf(), await daysOf()]).toEqual([[7], []])
    await shows(1, 'AA:01', 2.5, 1)
    expect([await daysOf(), await daysOf()]).toEqual([[3], []])
    expect(await recording.notifications()).toEqual([
      'certificate to ops@example.org',
      'certificate to ops@example.org',
    ])
    expect(await recording.notifyJobs()).toBe(2)
  })

  test('that was renewed is another one', async () => {
    await shows(1, 'AA:01', 6.5)
    await watch()
    await shows(1, 'BB:02', 89, 1)
    expect(await daysOf()).toEqual([])
    await shows(1, 'BB:02', 6.5, 2)
    expect(await daysOf()).toEqual([7])
  })

  test('of a site that is not watched is not told of', async () => {
    await shows(1, 'AA:01', 2)
    await sql`update site_config set enabled = false`.execute(recording.database.db)
    expect(await daysOf()).toEqual([])
  })

  test('of many sites is told once, with all of them', async () => {
    await recording.addSite({ name: 'docs' })
    await shows(1, 'AA:01', 2)
    await shows(2, 'AA:01', 2)
    const warnings = await watch()
    expect(warnings.map(({ sites }) => sites.map(({ name }) => name))).toEqual([['shop', 'docs']])
    expect(await recording.notifications()).toEqual(['certificate to ops@example.org'])
  })

  test('is told of once by two consumers at once', async () => {
    await shows(1, 'AA:01', 2)
    await Promise.all([watch(), watch(), watch()])
    expect(await recording.notifications()).toHaveLength(1)
  })

  test('is not told of where nobody wants to know', async () => {
    await shows(1, 'AA:01', 2)
    expect(await watch([])).toEqual([])
  })
})

test('a recipient is told of the sites whose outages it is told of, and of no others', () => {
  const site = (name: string, alertEmails: readonly string[]) => ({
    name,
    url: `https://${name}/`,
    alertEmails,
  })
  const messages = messagesAbout(
    {
      id: '6f3a1c0e-52b8-5d0f-9c57-8f6f3f1d2a90',
      days: 7,
      fingerprint: 'AA:01',
      subject: null,
      issuer: null,
      expiresAtMs: 0,
      sites: [site('a', ['x@a.example', 'y@a.example']), site('b', ['x@a.example']), site('c', [])],
    },
    { defaultRecipients: ['ops@example.org'], messageIdDomain: 'example.org' },
  )
  const sitesOf = messages.map(({ recipient, facts }) => {
    const decoded = decodeCertificateFacts(JSON.parse(JSON.stringify(facts)))
    return [recipient, 'sites' in decoded ? decoded.sites.map(({ name }) => name) : decoded]
  })
  expect(sitesOf).toEqual([
    ['x@a.example', ['a', 'b']],
    ['y@a.example', ['a']],
    ['ops@example.org', ['c']],
  ])
})

describe('the email about a certificate', () => {
  const facts = {
    siteName: 'Shop',
    subject: 'shop.example',
    issuer: 'Test CA',
    fingerprint: 'AA:01',
    expiresAtMs: Date.parse('2026-12-01T12:00:00Z'),
    days: 7,
    sites: [{ name: 'Shop', url: 'https://shop.example/' }],
  }

  test('says when it expires, what it is, and who shows it', () => {
    const { subject, text } = renderCertificateEmail(facts)
    expect(subject).toBe('[CERTIFICATE] shop.example expires within 7 days')
    expect(text).toBe(`The certificate of shop.example expires within 7 days.
Visitors will be turned away from then on, unless it is renewed.

Expires:  2026-12-01 12:00:00 UTC
Subject:  shop.example
Issuer:   Test CA
SHA-256:  AA:01

Sites that show it:
Shop  https://shop.example/
`)
  })

  test('takes hostile names as text, and many sites as a number', () => {
    const sites = Array.from({ length: 30 }, () => ({ name: '<b>x\r\ny', url: 'https://x/' }))
    const { subject, text, html } = renderCertificateEmail({
      ...facts,
      subject: 'a\r\nBcc: evil@x.example',
      days: 1,
      sites,
    })
    expect(subject).toBe('[CERTIFICATE] a Bcc: evil@x.example expires within a day')
    expect(text).toContain('and 10 more')
    expect(html).not.toContain('<b>')
  })
})
