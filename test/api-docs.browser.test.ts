import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { webApp } from '../web/app.ts'
import { WebServer } from '../web/web-server.ts'
import { type OpenView, openBrowser, type TestBrowser, views } from './support/browser.ts'
import { chromiumPlace } from './support/chromium-place.ts'
import { axeViolations, sidewaysOverflow, tabThrough } from './support/page-checks.ts'
import { webContext } from './support/web-context.ts'

/** The page that describes the API, as a browser shows it. */

describe.skipIf('missing' in chromiumPlace)('the page of the API', () => {
  let browser: TestBrowser
  let server: WebServer
  let view: OpenView
  beforeAll(async () => {
    server = new WebServer({ host: '127.0.0.1', port: 0 }, webApp(webContext()).fetch)
    await server.start()
    browser = await openBrowser()
  })
  afterEach(() => view.close())
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  test.each(views)('can be read by anybody, $width and $colorScheme', async (of) => {
    view = await browser.open(`http://127.0.0.1:${server.port}`, of)
    const { page, troubles } = view
    await page.goto('/api/v1/docs')
    expect(await axeViolations(page)).toEqual([])
    expect(await sidewaysOverflow(page)).toBe(0)
    expect(troubles()).toEqual([])
  })

  test('is walked by keyboard, and its contents lead to what they name', async () => {
    view = await browser.open(`http://127.0.0.1:${server.port}`, {
      width: 'desktop',
      colorScheme: 'light',
    })
    const { page } = view
    await page.goto('/api/v1/docs')
    await page.locator('nav a', { hasText: 'PATCH' }).focus()
    await page.keyboard.press('Enter')
    expect(new URL(page.url()).hash).toBe('#changeSite')
    const stops = await tabThrough(page, 20)
    expect(stops.filter(({ visible, name }) => !visible || name === '')).toEqual([])
  })
})
