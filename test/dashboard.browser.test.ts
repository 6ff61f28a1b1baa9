import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type OpenView,
  openBrowser,
  type TestBrowser,
  type View,
  views,
} from './support/browser.ts'
import { chromiumPlace } from './support/chromium-place.ts'
import { axeViolations, sidewaysOverflow, tabThrough } from './support/page-checks.ts'
import { seedHistory } from './support/seeded-history.ts'
import { type ServedWeb, serveWeb } from './support/serve-web.ts'
import { openTestDatabase, type TestDatabase } from './support/test-database.ts'

/** The dashboard as an operator meets it. */

const PASSWORD = 'geheim'
const DAYS = 3
const desktop: View = { width: 'desktop', colorScheme: 'light' }
const SITE = '/dashboard/sites/3'

describe.skipIf('missing' in chromiumPlace)('the dashboard', () => {
  let database: TestDatabase
  let served: ServedWeb
  let browser: TestBrowser
  let view: OpenView
  let outage: string
  beforeAll(async () => {
    database = await openTestDatabase()
    await seedHistory(database.db, { nowMs: Date.now(), days: DAYS })
    const { rows } = await sql<{
      id: string
    }>`select id from outages order by started_at desc`.execute(database.db)
    outage = `/dashboard/outages/${rows[0]?.id}`
    served = await serveWeb(database, {
      pages: { title: 'Status', publicUrl: null, dashboardPassword: PASSWORD },
    })
    browser = await openBrowser()
  })
  afterEach(() => view.close())
  afterAll(async () => {
    await browser.close()
    await served.close()
    await database.close()
  })

  /** Logs in by keyboard and goes to a page. */
  async function show(path: string, of: View = desktop): Promise<Page> {
    view = await browser.open(served.origin, of)
    const { page } = view
    await page.goto(path)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(({ pathname, search }) => pathname + search === path)
    return page
  }

  test.each(views)(
    'is whole and can be read by all, $width and $colorScheme',
    async (of) => {
      view = await browser.open(served.origin, of)
      await view.page.goto('/dashboard')
      expect(await axeViolations(view.page)).toEqual([])
      await view.close()
      const page = await show('/dashboard', of)
      for (const path of [
        ...[
          '/dashboard',
          '/dashboard?q=nothing+is+called+so',
          SITE,
          `${SITE}/edit`,
          `${SITE}/remove`,
        ],
        ...[outage, '/dashboard/sites/new', '/dashboard/import'],
        ...['/dashboard/incidents', '/dashboard/incidents/1', '/dashboard/incidents/new'],
        ...['/dashboard/maintenance', '/dashboard/maintenance/new'],
      ]) {
        await page.goto(path)
        for (const summary of await page.locator('details > summary').all()) await summary.click()
        expect([path, await axeViolations(page)]).toEqual([path, []])
        expect([path, await sidewaysOverflow(page)]).toEqual([path, 0])
      }
      expect(view.troubles()).toEqual([])
    },
    90_000,
  )

  test.each(['/dashboard', SITE, '/dashboard/sites/new'])(
    '%s is walked through by keyboard, and one sees where one is',
    async (path) => {
      const page = await show(path)
      const stops = await tabThrough(page)
      expect(stops.length).toBeGreaterThan(10)
      expect(stops[0]?.name).toBe('Skip to content')
      expect(stops.filter(({ visible }) => !visible)).toEqual([])
    },
  )

  test('finds sites as one types, and keeps what one has typed in the address', async () => {
    const page = await show('/dashboard')
    const rows = page.locator('.fleet tbody tr')
    const all = await rows.count()
    await page.getByLabel('Search by name').fill('search')
    await expect.poll(() => rows.count()).toBe(1)
    expect(all).toBeGreaterThan(1)
    expect(new URL(page.url()).searchParams.get('q')).toBe('search')
    await page.reload()
    expect(await rows.count()).toBe(1)
  })

  test('shows an outage by itself', async () => {
    const page = await show('/dashboard')
    const row = page.locator('#site-1')
    expect(await row.locator('.state').textContent()).toBe('Up')
    await sql`update sites set status = 'down', status_since = now() where site_id = 1`.execute(
      database.db,
    )
    await sql`
      insert into outages (id, site_id, started_at, detected_at, failure, opened_slot)
      values ('00000000-0000-4000-8000-000000000001', 1, now(), now(), 'timeout', now())`.execute(
      database.db,
    )
    await expect.poll(() => row.locator('.state').textContent()).toBe('Down')
    await sql`delete from outages where id = '00000000-0000-4000-8000-000000000001'`.execute(
      database.db,
    )
    await sql`update sites set status = 'up' where site_id = 1`.execute(database.db)
  })

  test('shows the result of a check that was asked for by itself', async () => {
    const page = await show(SITE)
    await page.getByRole('button', { name: 'Test now' }).click()
    await page.getByText('A check is asked for. Its result appears here by itself.').waitFor()
    await sql`delete from check_request`.execute(database.db)
    await sql`
      insert into ping_status (site_id, slot, checked_at, result, worker, occasion)
      values (3, now(), now(), 'up', 'a-worker-by-request', 'request')`.execute(database.db)
    await expect
      .poll(() => page.locator('#past').textContent(), { timeout: 15_000 })
      .toContain('a-worker-by-request')
    expect(await page.getByText('A check is asked for: its result').count()).toBe(0)
  })

  test('draws where the time goes, and says the same in a table', async () => {
    const page = await show(SITE)
    await page.locator('#latency-chart canvas').waitFor()
    expect(await page.locator('#latency-chart .u-legend').textContent()).toMatch(
      /First byte.*TLS.*Connect.*DNS/,
    )
    await page.getByText('As a table').click()
    expect(await page.locator('.chart-card tbody tr').count()).toBeGreaterThan(10)
    expect(view.troubles()).toEqual([])
  })

  test('judges a form as one types, and forgets what was mended', async () => {
    const page = await show('/dashboard/sites/new')
    const address = page.getByLabel('Address', { exact: true })
    await address.fill('ftp://127.0.0.1/')
    await page.locator('#url-problem').getByText('must begin with http').waitFor()
    expect(await address.getAttribute('aria-invalid')).toBe('true')
    await address.fill('http://127.0.0.1/typed')
    await expect.poll(() => page.locator('#url-problem').textContent()).toBe('')
    expect(await address.getAttribute('aria-invalid')).toBeNull()
    await page.getByRole('button', { name: 'Add the site' }).click()
    await page.getByText('The site was added.').waitFor()
    expect(await page.locator('h1').textContent()).toBe('http://127.0.0.1/typed')
    await sql`delete from site_config where url = 'http://127.0.0.1/typed'`.execute(database.db)
    expect(view.troubles()).toEqual([])
  })

  test('shows an incident’s words as they will be seen', async () => {
    const page = await show('/dashboard/incidents/new')
    await page.getByLabel('Words').fill('We *know* of it. <script>alert(1)</script>')
    await page.locator('#preview em').waitFor()
    expect(await page.locator('#preview').textContent()).toContain('<script>alert(1)</script>')
  })

  test('works without a script', async () => {
    const page = await show('/dashboard', { ...desktop, javaScriptEnabled: false })
    await page.getByLabel('Search by name').fill('search')
    await page.getByRole('button', { name: 'Search' }).click()
    expect(await page.locator('.fleet tbody tr').count()).toBe(1)
    await page.goto('/dashboard/sites/new')
    await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1/plain')
    await page.getByLabel('Down after').fill('11')
    await page.getByRole('button', { name: 'Add the site' }).click()
    expect(await page.locator('#failure_threshold-problem').textContent()).toContain('from 1 to 10')
    await page.getByLabel('Down after').fill('3')
    await page.getByRole('button', { name: 'Add the site' }).click()
    expect(await page.locator('h1').textContent()).toBe('http://127.0.0.1/plain')
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await page.locator('.now-state').textContent()).toContain('Paused')
    await page.getByRole('link', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove it for ever' }).click()
    await page.getByText('The site and its history were removed.').waitFor()
    // The form that was refused.
    expect(view.troubles()).toEqual([expect.stringMatching(/status of 422/)])
  })

  test('shows hostile names as text', async () => {
    const hostile = `<img src=x onerror=alert(1)> \u202E"'&`
    await sql`update site_config set name = ${hostile}, tags = array[${hostile}, '<b>']
      where id = 5`.execute(database.db)
    const page = await show('/dashboard?q=onerror')
    expect(await page.locator('#site-5 .site a').first().textContent()).toBe(hostile)
    await page.goto('/dashboard/sites/5')
    expect(await page.locator('h1').textContent()).toBe(hostile)
    expect(await page.locator('main img').count()).toBe(0)
    expect(view.troubles()).toEqual([])
  })

  test('is left by the button, and the way back leads nowhere', async () => {
    const page = await show('/dashboard')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Password').waitFor()
    await page.goto('/dashboard/import')
    expect(new URL(page.url()).pathname).toBe('/dashboard/login')
  })
})
