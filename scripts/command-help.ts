import type { CommandOption, CommandShape } from './command-shape.ts'

const NAME_WIDTH = 36

/** What `uptick COMMAND --help` prints, from its shape. Pure. */
export function commandHelp(shape: CommandShape): string {
  const groups = shape.groups.map(({ title, options }) =>
    [title, ...options.map(optionLine)].join('\n'),
  )
  const examples = ['Examples', ...shape.examples.map((example) => `  ${example}`)].join('\n')
  const ends = `Exit codes\n  ${shape.exitCodes}`
  return `${[usageOf(shape), ...shape.about, ...groups, examples, ends].join('\n\n')}\n`
}

function usageOf({ name, words }: CommandShape): string {
  return `usage: uptick ${name}${words === null ? '' : ` ${words.name}`} [options]`
}

function optionLine({ name, value, help }: CommandOption): string {
  const left = `  --${name}${value === null ? '' : ` ${value}`}`
  return `${left.padEnd(NAME_WIDTH + 2)}${help}`
}
