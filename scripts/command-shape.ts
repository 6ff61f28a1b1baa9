/** What may be said to a command of `uptick`, as data: read, shown as help, and completed by a shell. */
export type CommandShape = {
  /** As it is typed, without `uptick`: `check`, `report uptime`. */
  readonly name: string
  /** Half a line for a list of commands. */
  readonly summary: string
  /** What it does, in a sentence or two; and whatever else its help tells before its options. */
  readonly about: readonly string[]
  /** What stands beside the options; null: nothing may. */
  readonly words: CommandWords | null
  readonly groups: readonly OptionGroup[]
  /** Whole command lines. */
  readonly examples: readonly string[]
  readonly exitCodes: string
}

export type CommandWords = {
  /** As the usage shows it: `URL`, `[FILE]`, `SITE...`. */
  readonly name: string
  /** Both included. */
  readonly min: number
  readonly max: number
  /** All that it may be, where that is known. */
  readonly choices?: readonly string[]
}

export type OptionGroup<Option extends CommandOption = CommandOption> = {
  readonly title: string
  readonly options: readonly Option[]
}

export type CommandOption = {
  /** Without its dashes. */
  readonly name: string
  /** What its value is called; null: it has none. */
  readonly value: string | null
  readonly help: string
  /** Given again, it says more; else that is a problem. Options without a value may always be repeated. */
  readonly repeats?: boolean
  /** All values that it takes, where they are few. */
  readonly choices?: readonly string[]
}

export function optionsOf({ groups }: Pick<CommandShape, 'groups'>): readonly CommandOption[] {
  return groups.flatMap(({ options }) => options)
}

export const noColorOption = {
  name: 'no-color',
  value: null,
  help: 'as NO_COLOR=1',
} as const

export const helpOption = { name: 'help', value: null, help: 'this' } as const

/** Of the commands that ask the database. */
export const databaseExitCodes =
  '0 done, 1 refused or not found, 2 wrong usage, 3 the database could not be asked, 70 a bug'
