import { html } from 'hono/html'
import type { Assets } from '../assets.ts'
import { layout, type Markup } from '../page/layout.ts'
import { overallWords } from './overall-state.ts'

/** While our own records cannot be read. That says nothing of what they are about. */
export function unavailablePage(title: string, assets: Assets): Markup {
  return layout({
    title,
    assets,
    scripts: [],
    styles: ['status.css'],
    bodyClass: 'status',
    body: html`<div class="page"><main id="main"><section class="overall unknown"><h1>${overallWords.unknown}</h1>
<p>Our own records cannot be read. Please try again in a moment.</p></section></main></div>`,
  })
}
