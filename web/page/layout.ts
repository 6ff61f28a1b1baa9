import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { AssetName, Assets } from '../assets.ts'

/** A piece of HTML: whatever is put into `html` as a text is escaped. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export type PageParts = {
  readonly title: string
  readonly assets: Assets
  readonly scripts: readonly AssetName[]
  readonly styles?: readonly AssetName[]
  /** What stands in the head besides: links to feeds, a refresh. */
  readonly head?: Markup
  readonly bodyClass: string
  readonly body: Markup
}

/** htmx must not evaluate code nor add styles of its own: the content security policy forbids both. */
const HTMX_CONFIG = JSON.stringify({ allowEval: false, includeIndicatorStyles: false })

/** A whole document. Light or dark follows the visitor's system. */
export function layout(parts: PageParts): Markup {
  const { title, assets, scripts, styles = [], head = html``, bodyClass, body } = parts
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX_CONFIG}">
<title>${title}</title>
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
${(['uptick.css', ...styles] as const).map((name) => html`<link rel="stylesheet" href="${assets.url(name)}">`)}
${head}
${scripts.map((name) => html`<script src="${assets.url(name)}" defer></script>`)}
</head>
<body class="${bodyClass}">
<a class="skip" href="#main">Skip to content</a>
${body}
</body>
</html>`
}
