import { describe, expect, test } from 'vitest'
import { notificationKinds } from '#db/notifications.ts'
import { failures } from '#shared/domain/failure.ts'
import { failureSentence } from './failure-sentence.ts'
import { renderOutageEmail } from './outage-email.ts'
import type { EvidenceLine, OutageFacts } from './outage-facts.ts'

const outageKinds = notificationKinds.filter((kind) => kind !== 'certificate')

const at = (time: string) => Date.parse(`2026-11-21T${time}Z`)

const check = (time: string, changes: Partial<EvidenceLine> = {}): EvidenceLine => ({
  slotMs: at(time),
  result: 'down',
  failure: 'status',
  message: 'status 503 is not in 200-299',
  statusCode: 503,
  latencyMs: 120.4,
  worker: null,
  ...changes,
})
const good = { result: 'up', failure: null, message: null, statusCode: 200 } as const

const outage: OutageFacts = {
  siteName: 'Shop',
  siteUrl: 'https://shop.example/health?a=1&b=2',
  startedAtMs: at('09:00:10'),
  detectedAtMs: at('09:01:11'),
  endedAtMs: null,
  failure: 'status',
  message: 'status 503 is not in 200-299',
  statusCode: 503,
  remoteAddress: null,
  excerpt: null,
  restlessness: null,
  upSinceMs: at('09:00:10') - 3 * 86_400_000 - 4 * 3_600_000,
  evidence: [check('09:00:10'), check('09:01:10')],
}
const recovery: OutageFacts = {
  ...outage,
  endedAtMs: at('09:12:40'),
  evidence: [check('09:12:40', good), check('09:13:40', good)],
}

describe('the email about', () => {
  test('an outage says what failed, since when, how long it was up, and what shows it', () => {
    const { subject, text } = renderOutageEmail('outage', outage)
    expect(subject).toBe('[DOWN] Shop')
    expect(text).toBe(`Shop is down.
It answered with a status code that is not an expected one.

Site:         Shop
URL:          https://shop.example/health?a=1&b=2
Failure:      status
Status code:  503
Message:      status 503 is not in 200-299
Down since:   2026-11-21 09:00:10 UTC
Detected:     2026-11-21 09:01:11 UTC (1m later)
Up before:    3d 4h, since 2026-11-18 05:00:10 UTC

The checks that show it:
2026-11-21 09:00:10 UTC  down: status  503  120 ms  status 503 is not in 200-299
2026-11-21 09:01:10 UTC  down: status  503  120 ms  status 503 is not in 200-299
`)
  })

  test('a recovery says how long it was down, from when until when, and what shows it', () => {
    const { subject, text } = renderOutageEmail('recovery', recovery)
    expect(subject).toBe('[RECOVERED] Shop after 12m')
    expect(text).toBe(`Shop is up again.
It was down for 12m.

Site:         Shop
URL:          https://shop.example/health?a=1&b=2
Down from:    2026-11-21 09:00:10 UTC
Until:        2026-11-21 09:12:40 UTC
Detected:     2026-11-21 09:01:11 UTC (1m later)
What failed:  It answered with a status code that is not an expected one.
Failure:      status
Status code:  503
Message:      status 503 is not in 200-299

The checks that show it:
2026-11-21 09:12:40 UTC  up  200  120 ms
2026-11-21 09:13:40 UTC  up  200  120 ms
`)
  })

  test('an outage that never was takes back what was said', () => {
    const { subject, text } = renderOutageEmail('correction', outage)
    expect(subject).toBe('[CORRECTION] Shop')
    expect(text).toContain('Shop was not down after all.\nThe email that reported an outage was')
    expect(text).toContain('Reported as down since:  2026-11-21 09:00:10 UTC\n')
    expect(text).not.toContain('never seen up')
  })

  test('an outage of a site that was never up says so', () => {
    const { text } = renderOutageEmail('outage', { ...outage, upSinceMs: null })
    expect(text).toContain('Up before:    it was never seen up\n')
  })

  test('a failure without an answer has neither a status code nor a latency', () => {
    const unanswered = { failure: 'dns', statusCode: null, latencyMs: null, message: null } as const
    const { text } = renderOutageEmail('outage', {
      ...outage,
      failure: 'dns',
      message: null,
      statusCode: null,
      evidence: [check('09:00:10', unanswered)],
    })
    expect(text).not.toContain('Status code')
    expect(text).not.toContain('Message')
    expect(text).toContain('2026-11-21 09:00:10 UTC  down: dns  -  -\n')
  })

  test('an outage quotes who answered, how the answer began, and which worker saw it', () => {
    const { text, html } = renderOutageEmail('outage', {
      ...outage,
      remoteAddress: '192.0.2.7',
      excerpt: '<h1>Bad\r\n\r\n\tgateway</h1>\u202e',
      evidence: [check('09:00:10', { worker: 'w1' })],
    })
    expect(text).toContain('Address:      192.0.2.7\n')
    expect(text).toContain('503  120 ms  w1  status 503')
    expect(text).toContain('\n\nThe answer begins:\n> <h1>Bad\n> gateway</h1>\n')
    expect(html).toContain('&lt;h1&gt;Bad\ngateway&lt;/h1&gt;</pre>')
  })

  test('a site that goes up and down says what will not be told, and until when', () => {
    const { subject, text } = renderOutageEmail('flapping', {
      ...outage,
      restlessness: { outagesMax: 3, windowMs: 3_600_000, calmMs: 1_800_000 },
    })
    expect(subject).toBe('[FLAPPING] Shop')
    expect(text).toContain(`Shop goes up and down.
It had more than 3 outages within 1h 00m, and was found down again.
Single outages will not be told of until nothing has changed for 30m.
`)
  })

  test('a site that has calmed down says so', () => {
    const { subject, text } = renderOutageEmail('calm', {
      ...recovery,
      restlessness: { outagesMax: 3, windowMs: 3_600_000, calmMs: 1_800_000 },
    })
    expect(subject).toBe('[STEADY] Shop')
    expect(text).toContain('Shop has been up for 30m.\n')
    expect(text).toContain('Last outage:  2026-11-21 09:00:10 UTC\n')
  })

  test('an outage without evidence has no empty table', () => {
    const { text, html } = renderOutageEmail('outage', { ...outage, evidence: [] })
    expect(text + html).not.toContain('The checks')
  })
})

describe('a failure', () => {
  test.each(failures)('%s is said in a plain sentence', (failure) => {
    const { text, html } = renderOutageEmail('outage', { ...outage, failure })
    expect(failureSentence(failure)).toMatch(/^[A-Z].{20,}\.$/)
    expect(text).toContain(`\n${failureSentence(failure)}\n`)
    expect(html).toContain(failureSentence(failure))
  })
})

describe.each(outageKinds)('hostile text in an email of kind %s', (kind) => {
  const facts = kind === 'recovery' ? recovery : outage
  const render = (changes: Partial<OutageFacts>) =>
    renderOutageEmail(kind, { ...facts, ...changes })

  test.each([
    ['a line break', 'a\r\nBcc: evil@y.example\r\n\r\nfake'],
    ['a bare line feed', 'a\nSubject: [RECOVERED] a'],
    ['a line separator', 'a\u2028b'],
    ['an override of direction', '\u202Eexe.a'],
    ['a NUL and an escape', 'a\0\u001B[2Jb'],
  ])('%s in the name never gets into the subject or starts a line', (_, siteName) => {
    const { subject, text } = render({ siteName })
    expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E]/u)
    expect(text).not.toMatch(/^(Bcc|Subject):/m)
  })

  test('a long name is cut, and the subject keeps what follows it', () => {
    const { subject } = render({ siteName: '日'.repeat(10_000) })
    expect(Array.from(subject).length).toBeLessThanOrEqual(200)
    if (kind === 'recovery') expect(subject).toMatch(/… after 12m$/)
  })

  test('an empty name is stood in for by the URL', () => {
    expect(render({ siteName: '\u202E ' }).subject).toContain('https://shop.example/health')
  })

  test('markup stays text', () => {
    const markup = `<img src=x onerror="alert('1')">&amp;`
    const { html } = render({
      siteName: markup,
      siteUrl: `https://x.example/"><script>`,
      message: markup,
      evidence: [check('09:00:10', { message: markup })],
    })
    expect(html).not.toMatch(/<(img|script)/)
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;')
  })

  test('a URL that is no web address is not a link', () => {
    const { html } = render({ siteUrl: 'javascript:alert(1)' })
    expect(html).not.toContain('href')
  })

  test('template syntax is printed as it is', () => {
    const { text } = render({ siteName: `{{constructor}} \${7*7} {% include %}` })
    expect(text).toContain(`{{constructor}} \${7*7} {% include %}`)
  })
})

test('HTML loads nothing and sets no colour of text or ground', () => {
  for (const kind of outageKinds) {
    const { html } = renderOutageEmail(kind, recovery)
    expect(html).not.toMatch(/<(img|link|script|iframe|style)|\ssrc=|url\(|@import/i)
    expect(html).not.toMatch(/(^|[;"\s])(color|background)[\w-]*\s*:/i)
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
  }
})
