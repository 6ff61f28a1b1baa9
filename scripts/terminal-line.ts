import { stripVTControlCharacters } from 'node:util'
import { plainLine } from '#shared/domain/plain-line.ts'

/**
 * Text from elsewhere as one harmless line of at most `max` characters: nothing in it steers a terminal,
 * and what was meant to is gone as a whole.
 */
export function terminalLine(text: string, max: number): string {
  return plainLine(stripVTControlCharacters(text), max)
}
