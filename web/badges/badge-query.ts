import { plainLine } from '#shared/domain/plain-line.ts'
import { type BadgeStyle, badgeStyles } from './badge.ts'

/** What the address of a badge may ask for, in Uptime Kuma's words. What cannot be taken is as if it was not there. */
export type BadgeQuery = {
  text(name: string): string | null
  /** A name, or hexadecimal digits with or without `#`. */
  colour(name: string): string | null
  style(): BadgeStyle
}

const TEXT_MAX = 60
const COLOUR_NAME = /^[a-z]{3,30}$/i
const COLOUR_HEX = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i

export function badgeQuery(asked: Readonly<Record<string, string>>): BadgeQuery {
  return {
    text: (name) => (asked[name] === undefined ? null : plainLine(asked[name], TEXT_MAX)),
    colour(name) {
      const text = asked[name] ?? ''
      const hex = COLOUR_HEX.exec(text)?.[1]
      if (hex !== undefined) return `#${hex}`
      return COLOUR_NAME.test(text) ? text : null
    },
    style: () => badgeStyles.find((style) => style === asked.style) ?? 'flat',
  }
}
