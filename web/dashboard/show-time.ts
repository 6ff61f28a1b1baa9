import { html } from 'hono/html'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Markup } from '../page/layout.ts'

/** An instant for people and machines: `2026-11-25 01:46:53 UTC`. */
export function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** An instant as it is. Null: a dash. */
export function showInstant(ms: number | null): Markup {
  if (ms === null) return html`<span class="soft">–</span>`
  return html`<time datetime="${new Date(ms).toISOString()}">${instantText(ms)}</time>`
}

/** How long ago, with the instant itself behind it. */
export function showAgo(ms: number | null, nowMs: number): Markup {
  if (ms === null) return html`<span class="soft">never</span>`
  const text = ms > nowMs ? 'just now' : `${humanDuration(nowMs - ms)} ago`
  return html`<time class="ago" datetime="${new Date(ms).toISOString()}" title="${instantText(ms)}">${text}</time>`
}

/** Since when, as a duration that goes on. */
export function showSince(ms: number | null, nowMs: number): Markup {
  if (ms === null) return html`<span class="soft">–</span>`
  return html`<time datetime="${new Date(ms).toISOString()}" title="since ${instantText(ms)}">${humanDuration(nowMs - ms)}</time>`
}

/** Milliseconds as they are read: whole from 10 on. */
export function milliseconds(ms: number | null): string {
  if (ms === null) return '–'
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`
}
