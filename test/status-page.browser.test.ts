import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type OpenView,
  openBrowser,
  type TestBrowser,
  type View,
  views,
} from './support/browser.ts'
import { chromiumPlace } from './support/chromium-place.ts'
import { axeViolations, sidewaysOverflow, tabThrough } from './support/page-checks.ts'
import { type ServedWeb, serveWeb } from './support/serve-web.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** The status page as people meet it. */

const desktop: View = { width: 'desktop', colorScheme: 'light' }
const paths = ['/', '/sites/shop', '/sites/search'] as const

describe.skipIf('missing' in chromiumPlace)('the status page', () => {
  let database: TestDatabase
  let served: ServedWeb
  let browser: TestBrowser
  let view: OpenView
  beforeAll(async () => {
    database = await openTestDatabase()
    browser = await openBrowser()
  })
  beforeEach(async () => {
    await plant(database)
    served = await serveWeb(database)
  })
  afterEach(async () => {
    await view.close()
    await served.close()
  })
  afterAll(async () => {
    await browser.close()
    await database.close()
  })

  const show = async (path: string, of: View) => {
    view = await browser.open(served.origin, of)
    await view.page.goto(path)
    return view
  }

  test.each(views)('is whole and can be read by all, $width and $colorScheme', async (of) => {
    for (const path of paths) {
      const { page, troubles } = await show(path, of)
      expect(await axeViolations(page)).toEqual([])
      expect(await sidewaysOverflow(page)).toBe(0)
      expect(troubles()).toEqual([])
      await view.close()
    }
  })

  test('is walked through by keyboard, and one sees where one is', async () => {
    const { page } = await show('/', desktop)
    const stops = await tabThrough(page)
    expect(stops.filter(({ visible }) => !visible)).toEqual([])
    expect(stops.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Skip to content', 'Shop', 'Search', 'One earlier update', 'Atom']),
    )
    await page.keyboard.press('Tab')
    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('details').getAttribute('open')).toBe('')
  })

  test('tells of a day under the pointer, and by touch', async () => {
    const { page } = await show('/', desktop)
    await page.locator('#site-shop svg.bars').hover({ position: { x: 2, y: 5 } })
    expect(await page.locator('.day-tip').textContent()).toMatch(
      /^\w+,? \d+ \w+ \d{4}Not observed\.$/,
    )
    await view.close()
    const phone = await show('/', { width: 'phone', colorScheme: 'dark' })
    await phone.page.locator('#site-shop svg.bars').tap()
    expect(await phone.page.locator('.day-tip').isVisible()).toBe(true)
  })

  test('shows an outage by itself, and leaves alone what the visitor does', async () => {
    const { page, troubles } = await show('/', desktop)
    await page.locator('summary').click()
    await page.locator('#site-search a').focus()
    await page.evaluate('window.scrollTo(0, 120)')
    await openOutage(database, 2)
    await page.getByText('Major outage').waitFor()
    expect(await page.locator('#site-search .state').textContent()).toBe('Down')
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('/sites/search')
    expect(await page.locator('details').getAttribute('open')).toBe('')
    expect(await page.evaluate('window.scrollY')).toBe(120)
    expect(troubles()).toEqual([])
  })

  test('of a site shows its recovery by itself', async () => {
    await openOutage(database, 2)
    const { page } = await show('/sites/search', desktop)
    await page.getByText('Down now').waitFor()
    await sql`update sites set status = 'up' where site_id = 2`.execute(database.db)
    await sql`update outages set ended_at = now(), closed_slot = now() where ended_at is null`.execute(
      database.db,
    )
    await page.locator('.site-title .state.up').waitFor()
    expect(await page.getByText('Down now').count()).toBe(0)
  })

  test('hears of news again after its stream was cut', async () => {
    const { page } = await show('/', desktop)
    await page.getByText('All systems operational').waitFor()
    await served.close()
    served = await serveWeb(database, {}, Number(new URL(served.origin).port))
    await openOutage(database, 2)
    await page.getByText('Major outage').waitFor()
  })

  test('says as much without a script', async () => {
    const { page, troubles } = await show('/', { ...desktop, javaScriptEnabled: false })
    expect(await page.locator('h1').textContent()).toBe('All systems operational')
    expect(await page.locator('#site-search .share').textContent()).toContain(
      'of the time we were watching',
    )
    expect(await page.locator('#site-search title').first().textContent()).toMatch(
      /^\d{4}-\d\d-\d\d: /,
    )
    await page.locator('#site-search a').click()
    expect(await page.locator('h1').textContent()).toBe('Search')
    await page.locator('.days summary').click()
    expect(await page.locator('.days table').isVisible()).toBe(true)
    expect(troubles()).toEqual([])
  })

  test.each(['/feed.atom', '/feed.rss'])('%s is well-formed, whatever names hold', async (path) => {
    await sql`update site_config set public_name = ${`<b>&"']]>\u0001\uFFFE\u202E🦄`} where id = 2`.execute(
      database.db,
    )
    await openOutage(database, 2)
    const { page } = await show('/', desktop)
    const text = await (await fetch(served.origin + path)).text()
    const problem = await page.evaluate<string | null>(
      `new DOMParser().parseFromString(${JSON.stringify(text)}, 'application/xml').querySelector('parsererror')?.textContent ?? null`,
    )
    expect(problem).toBeNull()
    expect(text).toContain(`&lt;b&gt;&amp;`)
  })
})

/** Two sites up for two days, one of them not observed for a while; an incident with two updates. */
async function plant({ db }: TestDatabase): Promise<void> {
  await sql`truncate site_config, incidents, incident_updates, ping_status cascade`.execute(db)
  await sql`insert into site_config (id, url, public_name, page_group, slug, published) values
    (1, 'https://127.0.0.1/1', 'Shop', null, 'shop', true), (2, 'https://127.0.0.1/2', 'Search', 'For all', 'search', true)`.execute(
    db,
  )
  await sql`update site_config_history set from_at = date_trunc('second', now() - interval '2 days')`.execute(
    db,
  )
  await sql`select make_ping_status_partitions(current_date - 3, current_date + 1)`.execute(db)
  await sql`insert into ping_status (site_id, slot, checked_at, result, latency_ms, worker)
    select s, slot, slot, 'up', 20 + extract(minute from slot), 'w'
    from generate_series(1, 2) as s
    cross join generate_series(date_trunc('minute', now() - interval '2 days'), now(), interval '5 minutes') as slot
    where s = 1 or slot < now() - interval '1 day' or slot > now() - interval '20 hours'`.execute(
    db,
  )
  await sql`update sites set status = 'up', status_since = now() - interval '2 days', last_latency_ms = 20`.execute(
    db,
  )
  await sql`insert into incidents (id, title) overriding system value values (1, 'Slow')`.execute(
    db,
  )
  await sql`insert into incident_updates (incident_id, status, body, posted_at) values
    (1, 'investigating', 'We look.', now() - interval '2 hours'), (1, 'resolved', 'Mended.', now() - interval '1 hour')`.execute(
    db,
  )
}

async function openOutage({ db }: TestDatabase, siteId: number): Promise<void> {
  await sql`update sites set status = 'down' where site_id = ${siteId}`.execute(db)
  await sql`insert into outages (id, site_id, started_at, detected_at, failure, opened_slot)
    values (gen_random_uuid(), ${siteId}, now() - interval '5 minutes', now(), 'timeout', now())`.execute(
    db,
  )
}
