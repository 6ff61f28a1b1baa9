import { escapedText } from '../feeds/escaped-text.ts'
import { textWidth } from './text-width.ts'

export const badgeStyles = ['flat', 'flat-square', 'plastic', 'for-the-badge'] as const

export type BadgeStyle = (typeof badgeStyles)[number]

export type Badge = {
  /** On the left; empty: there is no left side. */
  readonly label: string
  readonly message: string
  /** `#40cc11`, or the name of a colour. */
  readonly colour: string
  readonly labelColour: string
  readonly style: BadgeStyle
  /** What there is to say besides, where the pointer rests: how much of the time was observed. */
  readonly note: string | null
}

const PADDING = 6
const HEIGHTS = { flat: 20, 'flat-square': 20, plastic: 18, 'for-the-badge': 28 } as const
const RADII = { flat: 3, 'flat-square': 0, plastic: 4, 'for-the-badge': 0 } as const

/** A badge as SVG: a picture for a README, which a screen reader reads out. */
export function badgeSvg(badge: Badge): string {
  const isLoud = badge.style === 'for-the-badge'
  const shown = (text: string) => (isLoud ? text.toUpperCase() : text)
  const [label, message] = [shown(badge.label), shown(badge.message)]
  const height = HEIGHTS[badge.style]
  const left = sideWidth(label, isLoud)
  const right = sideWidth(message, isLoud)
  const width = left + right
  const title = [badge.label, badge.message].filter((text) => text !== '').join(': ')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${escapedText(title)}">
<title>${escapedText(badge.note === null ? title : `${title} (${badge.note})`)}</title>
<clipPath id="r"><rect width="${width}" height="${height}" rx="${RADII[badge.style]}"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="${height}" fill="${escapedText(badge.labelColour)}"/><rect x="${left}" width="${right}" height="${height}" fill="${escapedText(badge.colour)}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11"${isLoud ? ' font-weight="bold"' : ''}>
${sideText(label, left / 2, height)}${sideText(message, left + right / 2, height)}</g>
</svg>
`
}

function sideWidth(text: string, isLoud: boolean): number {
  return text === '' ? 0 : Math.ceil(textWidth(text) * (isLoud ? 1.2 : 1)) + 2 * PADDING
}

/** Twice: the lower one is the shadow that keeps white letters readable on any colour. */
function sideText(text: string, middle: number, height: number): string {
  if (text === '') return ''
  const escaped = escapedText(text)
  const base = height / 2 + 4
  return `<text x="${middle}" y="${base + 1}" fill="#010101" fill-opacity=".3" aria-hidden="true">${escaped}</text><text x="${middle}" y="${base}">${escaped}</text>`
}
