import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'

/**
 * A table that scrolls by itself where the window is too narrow. Who has no pointer reaches it by Tab:
 * within it there is nothing else to stop at.
 */
export function scrollBox(label: string, table: Markup, look = 'panel bare'): Markup {
  return html`<div class="${look} scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`
}
