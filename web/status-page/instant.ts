import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `25 Nov 2026, 14:03 UTC` */
export function instantText(atMs: number): string {
  return `${dayName(atMs)}, ${new Date(atMs).toISOString().slice(11, 16)} UTC`
}

/** `25 Nov 2026`, by UTC. */
export function dayName(atMs: number): string {
  const at = new Date(atMs)
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`
}

/** An instant for people and for machines. */
export function instant(atMs: number): Markup {
  return html`<time datetime="${new Date(atMs).toISOString()}">${instantText(atMs)}</time>`
}
