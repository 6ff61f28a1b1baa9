import { Hono } from 'hono'
import { raw } from 'hono/html'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openAssets } from '../web/assets.ts'
import { contentSecurityPolicy } from '../web/page/content-security-policy.ts'
import { layout } from '../web/page/layout.ts'
import { WebServer } from '../web/web-server.ts'
import { type OpenView, openBrowser, type TestBrowser, views } from './support/browser.ts'
import { chromiumPlace } from './support/chromium-place.ts'
import { axeViolations, sidewaysOverflow, tabThrough } from './support/page-checks.ts'
import { serveWeb } from './support/serve-web.ts'
import { openTestDatabase } from './support/test-database.ts'

/** What the tests of pages lean on: whatever goes wrong in a page is seen. */

const assets = openAssets()
const page = (main: string) =>
  layout({
    title: 'A page',
    assets,
    scripts: [],
    bodyClass: 'plain',
    body: raw(`<main id="main"><h1>A page</h1>${main}</main>`),
  })

describe.skipIf('missing' in chromiumPlace)('Chromium', () => {
  let main: string
  let browser: TestBrowser
  let server: WebServer
  let origin: string
  let view: OpenView
  beforeAll(async () => {
    const app = new Hono()
    app.use(async (context, next) => {
      await next()
      context.header('content-security-policy', contentSecurityPolicy)
    })
    app.get('/', (context) => context.html(page(main)))
    app.get('/assets/:name', (context) => {
      const asset = assets.find(context.req.param('name'))
      return context.body(asset?.body ?? '', 200, { 'content-type': asset?.type ?? '' })
    })
    server = new WebServer({ host: '127.0.0.1', port: 0 }, app.fetch)
    await server.start()
    origin = `http://127.0.0.1:${server.port}`
    browser = await openBrowser()
  })
  afterEach(() => view.close())
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  const show = async (text: string, of = views[0]) => {
    if (of === undefined) throw new Error('no view')
    main = text
    view = await browser.open(origin, of)
    await view.page.goto('/')
    return view
  }

  test.each(views)('has nothing to say of a plain page, $width and $colorScheme', async (of) => {
    const { page, troubles } = await show('<p>All is well. <a href="/">Again</a></p>', of)
    expect(await axeViolations(page)).toEqual([])
    expect(await sidewaysOverflow(page)).toBe(0)
    expect(await page.evaluate('innerWidth')).toBe(of.width === 'phone' ? 390 : 1280)
    expect(troubles()).toEqual([])
  })

  test.each([
    ['a script in the page', '<script>1</script>', 'Content Security Policy'],
    ['a style in the page', '<p style="color: red">x</p>', 'Content Security Policy'],
    ['a file that is not there', '<img src="/none.png" alt="none">', '404'],
    ['a file of somebody else', '<img src="http://127.0.0.2:1/a.png" alt="a">', 'asks elsewhere'],
  ])('tells of %s', async (_, text, trouble) => {
    const { troubles } = await show(text)
    await vi.waitFor(() => expect(troubles().join('\n')).toContain(trouble))
  })

  test('tells of an error in a script', async () => {
    const { page, troubles } = await show('')
    await page.evaluate("setTimeout(() => { throw new Error('a fault of ours') })")
    await vi.waitFor(() => expect(troubles()).toEqual(['error: a fault of ours']))
  })

  test('tells what a reader of the page could not use', async () => {
    const { page } = await show('<input><img src="/assets/x">')
    const ids = (await axeViolations(page)).map((line) => line.split(':')[0])
    expect(ids).toEqual(expect.arrayContaining(['image-alt', 'label']))
  })

  test('tells how far a page is too wide', async () => {
    const { page } = await show('<svg width="500" height="10"></svg>')
    expect(await sidewaysOverflow(page)).toBeGreaterThanOrEqual(110)
  })

  test('is walked by keyboard, from the first stop to the last', async () => {
    const { page } = await show('<p><a href="/">One</a> <button>Two</button></p>')
    expect(await tabThrough(page)).toEqual([
      { element: 'a', name: 'Skip to content', visible: true },
      { element: 'a', name: 'One', visible: true },
      { element: 'button', name: 'Two', visible: true },
    ])
  })

  test('runs no script where a visitor wants none', async () => {
    const { page } = await show('<noscript><p>no script</p></noscript>', {
      width: 'phone',
      colorScheme: 'light',
      javaScriptEnabled: false,
    })
    // With scripts, what stands in there is not even parsed.
    expect(await page.locator('noscript p').count()).toBe(1)
  })

  test('reaches all of web, with a database of its own', async () => {
    const database = await openTestDatabase()
    const web = await serveWeb(database)
    view = await browser.open(web.origin, { width: 'desktop', colorScheme: 'light' })
    const answer = await view.page.goto(assets.url('icon.svg'))
    expect(answer?.status()).toBe(200)
    await web.close()
    await database.close()
  })
})
