import { styleText } from 'node:util'

export type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold'

/** Colours a text, or leaves it alone where colours are not wanted. */
export type Paint = (style: Style, text: string) => string

export const unpainted: Paint = (_, text) => text

/** Colours for a stream, as it is a terminal or not and NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR say. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream })
}
