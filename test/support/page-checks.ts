import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

/** What is asked of any page, whatever it shows. */

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

/**
 * What axe finds against WCAG 2.2 A and AA and its own best practices: a line for each element,
 * `color-contrast: .muted (Elements must meet ...)`. The page's policy does not hold for it.
 */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource)
  return page.evaluate<string[]>(`axe.run(document).then(({ violations }) => violations.flatMap(
    ({ id, help, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ': ' + target.join(' ') + ' (' + help + ') ' + failureSummary.replace(/\\s+/g, ' '))))`)
}

/** How far the page is wider than its window, in CSS pixels; 0 is what is wanted. */
export async function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
}

export type FocusStop = {
  /** `a`, `button`, `summary`. */
  readonly element: string
  /** What it is called, at most 80 characters. */
  readonly name: string
  /** Whether one sees where one is: an outline, or a shadow in its place. */
  readonly visible: boolean
}

/** Walks the page by Tab from where the focus is, until it leaves the page or after so many stops. */
export async function tabThrough(page: Page, stopsMax = 200): Promise<readonly FocusStop[]> {
  const stops: FocusStop[] = []
  for (let count = 0; count < stopsMax; count++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate<FocusStop | null>(FOCUSED)
    if (stop === null) break
    stops.push(stop)
  }
  return stops
}

const FOCUSED = `(() => {
  const focused = document.activeElement
  if (focused === null || focused === document.body) return null
  const style = getComputedStyle(focused)
  const label = focused.getAttribute('aria-label') ?? focused.labels?.[0]?.textContent ?? focused.textContent
  return {
    element: focused.tagName.toLowerCase(),
    name: (label ?? '').trim().replace(/\\s+/g, ' ').slice(0, 80),
    visible: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
  }
})()`
