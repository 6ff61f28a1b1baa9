import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Db } from '#db/connect.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { webContext } from '../test/support/web-context.ts'
import { webApp } from './app.ts'
import { routeTable } from './route-table.ts'

/** Whoever calls what anyone may call learns what is published, and nothing else. */

/** In whatever of the database is not published; one that shows up anywhere is a leak. */
const secrets = {
  url: 'https://secret-host.test/secret-path',
  name: 'secret-internal-name',
  header: 'secret-header-value',
  body: 'secret-body',
  mail: 'secret-person@secret-mail.test',
  tag: 'secret-tag',
  message: 'secret-message',
  excerpt: 'secret-excerpt',
  address: '198.51.100.77',
  worker: 'secret-worker',
  hiddenName: 'secret-hidden-site',
  hiddenSlug: 'secret-hidden-slug',
  hiddenGroup: 'secret-hidden-group',
  plan: 'secret-plan-not-published',
  planOfHidden: 'secret-plan-of-hidden',
  incidentOfHidden: 'secret-incident-of-hidden',
  certificate: 'secret-certificate-subject',
  secretName: 'secret-password-file',
} as const
/** Turns text around, or is not to be seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const bidiOrControl = /[\u202A-\u202E\u0001\u001B]/
const outageId = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
/** No other figure of an answer has so many digits, or these. */
const siteId = 8_127_364_501
const hiddenId = 9_127_364_502

const hostileNames = [
  ['script', '<script>alert(1)</script>'],
  ['quotes', `"><img src=x onerror=alert(1)> '"&amp;`],
  ['rtl', 'up\u202Enwod si\u202C'],
  ['controls', 'a\u0001b\u001Bc\r\nd'],
  ['long', `L${'o'.repeat(198)}g`],
  ['emoji', '🦄 Straße 東京'],
] as const

let database: TestDatabase
let asWeb: Db
let get: (path: string, headers?: Record<string, string>) => Promise<Response>
beforeAll(async () => {
  database = await openTestDatabase()
  asWeb = connect(
    {
      connectionString: database.urlAs('uptick_web'),
      applicationName: 'test web',
      maxConnections: 4,
    },
    () => undefined,
  )
  await plant(database.db)
  const app = webApp(webContext({ db: asWeb }))
  get = async (path, headers = {}) => app.request(path, { headers })
})
afterAll(async () => {
  await asWeb.destroy()
  await database.close()
})

async function plant(db: Db): Promise<void> {
  const { url, name, header, body, mail, tag, secretName } = secrets
  await sql`insert into site_config (id, url, name, public_name, page_group, slug, published, method, headers, body,
      alert_emails, tags, basic_auth_user, basic_auth_password_secret)
    values (${siteId}, ${url}, ${name}, 'Shop', 'Front & <b>back</b>', 'shop', true, 'POST',
      ${JSON.stringify({ authorization: header })}::jsonb, ${body}, ${[mail]}, ${[tag]}, ${'secret-user'}, ${secretName})`.execute(
    db,
  )
  await sql`insert into site_config (id, url, name, page_group, slug, published, tags)
    values (${hiddenId}, ${`${url}/2`}, ${secrets.hiddenName}, ${secrets.hiddenGroup}, ${secrets.hiddenSlug}, false, ${[tag]})`.execute(
    db,
  )
  for (const [slug, hostile] of hostileNames) {
    await sql`insert into site_config (url, public_name, slug, published)
      values (${`https://${slug}.secret-host.test/`}, ${hostile}, ${slug}, true)`.execute(db)
  }
  await plantResults(db)
  await plantWords(db)
}

async function plantResults(db: Db): Promise<void> {
  const { message, excerpt, address, worker, certificate } = secrets
  await sql`select make_ping_status_partitions(current_date - 2, current_date + 1)`.execute(db)
  await sql`insert into ping_status (site_id, slot, checked_at, result, failure, message, latency_ms, worker, remote_address)
    select s, date_trunc('minute', now()) - make_interval(mins => i * 5), now(), 'down', 'status', ${message}, 20, ${worker},
      ${address}
    from unnest(array[${siteId}, ${hiddenId}]::int8[]) as s cross join generate_series(0, 20) as i`.execute(
    db,
  )
  await sql`insert into outages (id, site_id, started_at, detected_at, failure, message, opened_slot, remote_address, excerpt)
    values (${outageId}, ${siteId}, now() - interval '1 hour', now(), 'status', ${message}, now() - interval '1 hour', ${address},
        ${excerpt}),
      (gen_random_uuid(), ${hiddenId}, now() - interval '1 hour', now(), 'status', ${message}, now() - interval '1 hour', ${address},
        ${excerpt})`.execute(db)
  await sql`update site_config_history set from_at = date_trunc('second', now() - interval '1 day')`.execute(
    db,
  )
  await sql`update sites set last_latency_ms = 20, cert_expires_at = now() + interval '20 days', status = 'down', status_since = now(), last_result = 'down', last_failure = 'status',
      last_message = ${message}, last_remote_address = ${address}, last_worker = ${worker}, cert_subject = ${certificate},
      cert_issuer = ${certificate}, cert_fingerprint = ${certificate}, cert_error = ${certificate}
    where site_id in (${siteId}, ${hiddenId})`.execute(db)
}

async function plantWords(db: Db): Promise<void> {
  const { plan, planOfHidden, incidentOfHidden, tag } = secrets
  await sql`insert into maintenance (title, starts_at, ends_at, published, site_ids) values
    (${plan}, now() - interval '1 hour', now() + interval '1 hour', false, '{}'),
    (${planOfHidden}, now() - interval '1 hour', now() + interval '1 hour', true, ${[hiddenId]}),
    ('<b>Move</b>', now() + interval '1 day', now() + interval '2 days', true, ${[siteId, hiddenId]})`.execute(
    db,
  )
  await sql`insert into incidents (id, slug, title, site_ids, tags) overriding system value values
    (1, 'known', '<i>Slow</i> "orders"', '{}', ${[tag]}), (2, 'hidden', ${incidentOfHidden}, ${[hiddenId]}, '{}')`.execute(
    db,
  )
  await sql`insert into incident_updates (incident_id, status, body) values
    (1, 'identified', ${'**bold** [x](javascript:alert(1)) ]]>\n\n<script>alert(1)</script>'}),
    (2, 'identified', ${incidentOfHidden})`.execute(db)
}

/** Whom an address can mean: a published site, a hidden one, none. */
const keys = [
  'shop',
  secrets.hiddenSlug,
  String(hiddenId),
  String(siteId),
  'front-&-<b>back<-b>_shop',
  'none',
]
/** A stream does not end by itself; it has tests of its own. */
const routes = routeTable
  .filter(
    ({ audience, path }) => audience === 'anyone' && !['/assets/:name', '/events'].includes(path),
  )
  .map(({ path }) => path)
const addressesOf = (route: string) => [
  ...new Set(
    keys.map((key) =>
      route.replace(/:(slug|key|id)/, encodeURIComponent(key)).replace(':duration', '24h'),
    ),
  ),
]

describe('what anyone may call', () => {
  test.each(routes)('%s tells no secret, whomever it is asked about', async (route) => {
    for (const address of addressesOf(route)) {
      const response = await get(address)
      const said = `${JSON.stringify([...response.headers])} ${await response.text()}`
      const secret = [
        ...Object.values(secrets),
        outageId,
        String(siteId),
        String(hiddenId),
        'secret-',
      ]
      expect(secret.filter((text) => said.includes(text))).toEqual([])
    }
  })

  test.each(routes)('%s runs nothing and loads nothing of a hostile name', async (route) => {
    for (const address of addressesOf(route)) {
      const response = await get(address)
      const said = await response.text()
      const type = response.headers.get('content-type') ?? ''
      if (!type.includes('json')) expect(said).not.toMatch(/<script>|<img src=x|<b>Move|<i>Slow/)
      if (type.startsWith('text/html'))
        expect(said).not.toMatch(/\sstyle=|\son[a-z]+="|href="javascript:/)
      expect(said).not.toMatch(bidiOrControl)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test.each(routes.filter((route) => /:(slug|key|id)/.test(route)))(
    '%s says of a hidden site what it says of none',
    async (route) => {
      const say = async (key: string) => {
        const response = await get(route.replace(/:(slug|key|id)/, key).replace(':duration', '24h'))
        return [response.status, await response.text()]
      }
      expect(await say(secrets.hiddenSlug)).toEqual(await say('none'))
      expect(await say(String(hiddenId))).toEqual(await say('none'))
      expect(await say('shop')).not.toEqual(await say('none'))
    },
  )
})

describe('the page', () => {
  test('shows hostile names as text', async () => {
    const page = await (await get('/')).text()
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).toContain('upnwod si')
    expect(page).toContain('a b c d')
    expect(page).toContain(`L${'o'.repeat(198)}g`)
    expect(page).toContain('🦄 Straße 東京')
    expect(page).toContain('Front &amp; &lt;b&gt;back&lt;/b&gt;')
  })

  test('tells what was seen, since when, and in whose words', async () => {
    const page = await (await get('/')).text()
    expect(page).toContain('Major outage')
    expect(page).toMatch(/Down for 1h 0\dm/)
    expect(page).toContain('1 down, 6 not observed lately')
    expect(page).toContain('&lt;i&gt;Slow&lt;/i&gt;')
    expect(page).toContain('<strong>bold</strong>')
    expect(page).toContain('&lt;b&gt;Move&lt;/b&gt;')
  })

  test('of a site tells as much, and the page of a hidden one is not there', async () => {
    const page = await get('/sites/shop')
    expect([page.status, (await get(`/sites/${secrets.hiddenSlug}`)).status]).toEqual([200, 404])
    expect(await page.text()).toContain('<h1><bdi>Shop</bdi></h1>')
  })

  test('is given again only when it says something else', async () => {
    const tag = (await get('/')).headers.get('etag') ?? ''
    expect((await get('/', { 'if-none-match': tag })).status).toBe(304)
  })
})

describe('as data', () => {
  test('the page says the same', async () => {
    const said: Record<string, unknown> = JSON.parse(await (await get('/status.json')).text())
    expect(said).toMatchObject({ status: 'down', description: 'Major outage', sites_left_out: 0 })
    expect(said.outages).toMatchObject([{ site: { slug: 'shop', name: 'Shop' }, ended_at: null }])
    expect(said.incidents).toMatchObject([{ id: 'known', status: 'identified' }])
    expect(said.maintenance).toMatchObject([{ title: '<b>Move</b>', sites: [{ slug: 'shop' }] }])
  })
})

describe('a stream of news', () => {
  test('that is only asked for its head takes no place', async () => {
    const app = webApp(webContext({ db: asWeb }))
    const head = await app.request('/events', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test('tells at once who has seen another page than the newest', async () => {
    const page = await (await get('/')).text()
    const seen = /\/events\?seen=([^"]+)/.exec(page)?.[1] ?? ''
    const first = async (headers: Record<string, string>, query: string) => {
      const reader = (await get(`/events${query}`, headers)).body?.getReader()
      const { value } = (await reader?.read()) ?? {}
      await reader?.cancel()
      return new TextDecoder().decode(value)
    }
    expect(await first({}, `?seen=${seen}`)).toBe('retry: 3000\n\n')
    expect(await first({}, '?seen=old')).toContain(`event: news\nid: ${seen}\n`)
    expect(await first({ 'last-event-id': seen }, '?seen=old')).toBe('retry: 3000\n\n')
  })
})

describe('while the database does not answer', () => {
  const broken = webApp(webContext())
  test('the page says that we cannot tell', async () => {
    const page = await broken.request('/', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await page.text()).toContain('We cannot tell at the moment')
  })

  test.each(['/feed.rss', '/status.json', '/events'])('%s says to try again', async (path) => {
    expect((await broken.request(path)).status).toBe(503)
  })

  test('a badge is grey', async () => {
    const badge = await broken.request('/api/badge/shop/status')
    expect([badge.status, await badge.text()]).toEqual([
      200,
      expect.stringContaining('Status: N/A'),
    ])
  })
})
