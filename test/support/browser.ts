import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPlace } from './chromium-place.ts'

/**
 * A real Chromium for tests of pages. One browser for each test file, one view for each test: a
 * window of its own without cookies, which notes whatever goes wrong in it.
 */

export type View = {
  readonly width: 'phone' | 'desktop'
  readonly colorScheme: 'light' | 'dark'
  /** Default true. */
  readonly javaScriptEnabled?: boolean
}

/** Both widths, light and dark. */
export const views: readonly View[] = (['phone', 'desktop'] as const).flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const

export type OpenView = {
  readonly page: Page
  /** What a visitor's console would show, and what was not loaded: to be nothing at a test's end. */
  troubles(): readonly string[]
  close(): Promise<void>
}

export type TestBrowser = {
  /** Pages of the view may be given paths; `origin` is what they are below: `http://127.0.0.1:8070`. */
  open(origin: string, view: View): Promise<OpenView>
  close(): Promise<void>
}

const ACTION_TIMEOUT_MS = 10_000
/** Whatever Chromium would do for itself, it would do on a network that is none of ours. */
const switches = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** Fails where Chromium is missing. */
export async function openBrowser(): Promise<TestBrowser> {
  if ('missing' in chromiumPlace) throw new Error(chromiumPlace.missing)
  const browser = await chromium.launch({ executablePath: chromiumPlace.file, args: switches })
  return { open: (origin, view) => openView(browser, origin, view), close: () => browser.close() }
}

async function openView(browser: Browser, origin: string, view: View): Promise<OpenView> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: sizes[view.width],
    hasTouch: view.width === 'phone',
    colorScheme: view.colorScheme,
    javaScriptEnabled: view.javaScriptEnabled ?? true,
    // What moves would be measured and pictured half way.
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  context.setDefaultTimeout(ACTION_TIMEOUT_MS)
  const troubles = noteTroubles(context, origin)
  return { page: await context.newPage(), troubles: () => troubles, close: () => context.close() }
}

/** A page that is left, or closed, ends its requests under way: that is no trouble. */
const GIVEN_UP = 'net::ERR_ABORTED'

function noteTroubles(context: BrowserContext, origin: string): string[] {
  const troubles: string[] = []
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      troubles.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => troubles.push(`error: ${error.error().message}`))
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown'
    if (reason !== GIVEN_UP) troubles.push(`not loaded: ${request.url()} (${reason})`)
  })
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url())
    if (protocol.startsWith('http') && asked !== origin)
      troubles.push(`asks elsewhere: ${request.url()}`)
  })
  return troubles
}
