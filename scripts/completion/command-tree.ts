import type { CommandShape } from '../command-shape.ts'

/** A first word, and what it is or what may follow it. */
export type Branch = {
  readonly word: string
  readonly summary: string
  /** By their second words; empty: the first word is the whole command. */
  readonly commands: readonly CommandShape[]
}

/** Commands by their first words, in their order. Pure. */
export function commandTree(shapes: readonly CommandShape[]): readonly Branch[] {
  const families = Map.groupBy(shapes, ({ name }) => name.split(' ')[0] ?? '')
  return [...families].map(([word, commands]) => {
    const alone = commands.find(({ name }) => name === word)
    if (alone !== undefined) return { word, summary: alone.summary, commands: [] }
    return { word, summary: commands.map(lastWord).join(', '), commands }
  })
}

/** `list` of `sites list`. */
export function lastWord({ name }: CommandShape): string {
  return name.split(' ').at(-1) ?? name
}
