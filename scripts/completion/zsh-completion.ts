import { type CommandOption, type CommandShape, optionsOf } from '../command-shape.ts'
import { type Branch, commandTree, lastWord } from './command-tree.ts'

/** A script for zsh, which shows the help of each command and option beside it. Pure. */
export function zshCompletion(shapes: readonly CommandShape[]): string {
  const tree = commandTree(shapes)
  const families = tree.filter(({ commands }) => commands.length > 0)
  return [
    '#compdef uptick',
    '# Completes uptick in zsh: source <(uptick completion zsh)',
    '_uptick() {',
    '  local -a commands',
    '  local command=$words[2]',
    '  if (( CURRENT == 2 )); then',
    `    commands=(${tree.map(described).join(' ')} ${described({ word: 'help', summary: 'how to use uptick', commands: [] })})`,
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $command in',
    ...families.flatMap(familyCase),
    '  esac',
    '  case $command in',
    ...shapes.flatMap(commandCase),
    '  esac',
    '}',
    'if [[ $funcstack[1] == _uptick ]]; then',
    '  _uptick "$@"',
    'else',
    '  compdef _uptick uptick',
    'fi',
    '',
  ].join('\n')
}

function familyCase({ word, commands }: Branch): readonly string[] {
  const list = commands.map((shape) => described({ word: lastWord(shape), summary: shape.summary }))
  return [
    `    ${word})`,
    '      if (( CURRENT == 2 )); then',
    `        commands=(${list.join(' ')})`,
    "        _describe 'command' commands",
    '        return',
    '      fi',
    '      command="$command $words[2]"',
    '      shift words',
    '      (( CURRENT-- ))',
    '      ;;',
  ]
}

function commandCase(shape: CommandShape): readonly string[] {
  const specs = [...optionsOf(shape).map(optionSpec), ...wordSpecs(shape)]
  return [`    '${shape.name}')`, `      _arguments -s ${specs.map(quoted).join(' ')}`, '      ;;']
}

function optionSpec({ name, value, help, repeats, choices }: CommandOption): string {
  const often = repeats === true ? '*' : ''
  if (value === null) return `${often}--${name}[${inBrackets(help)}]`
  const from =
    value === 'DIR' ? '_files -/' : choices === undefined ? ' ' : `(${choices.join(' ')})`
  return `${often}--${name}=[${inBrackets(help)}]:${inMessage(value)}:${from}`
}

function wordSpecs({ words }: CommandShape): readonly string[] {
  if (words === null) return []
  const from = /FILE/.test(words.name)
    ? '_files'
    : words.choices === undefined
      ? ' '
      : `(${words.choices.join(' ')})`
  return [`${words.max === 1 ? '1' : '*'}:${inMessage(words.name)}:${from}`]
}

function described({ word, summary }: Pick<Branch, 'word' | 'summary'> & Partial<Branch>): string {
  return quoted(`${word}:${inMessage(summary)}`)
}

function inBrackets(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&')
}

function inMessage(text: string): string {
  return text.replace(/[:\\]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
