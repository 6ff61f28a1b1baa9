/** What JSON leaves as it is, and a terminal or an editor may obey: C1 controls, and what turns text around. */
const OBEYED = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu

/** A value as JSON on one line, with its line break. Nothing in it steers a terminal; its value is the same. */
export function jsonLine(value: object): string {
  const text = JSON.stringify(value).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${text}\n`
}
