import { type CommandOption, type CommandShape, optionsOf } from '../command-shape.ts'
import { commandTree, lastWord } from './command-tree.ts'

/** What bash could take for anything but a word is not completed. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/

/** Bash splits `--option=value` at its equals sign; and what may be a file, it completes itself. */
const HEAD = `# Completes uptick in bash: source <(uptick completion bash)
_uptick() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} words= options= values= files=
  COMPREPLY=()
  if [[ $cur == '=' ]]; then
    cur=
  elif [[ $option == '=' ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  fi`

const TAIL = `  if [[ $values == '?' ]]; then
    return
  elif [[ $values == '/' ]]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$cur")
  elif [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
  elif [[ -n $files ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  fi
}
complete -F _uptick uptick
`

/** A script for bash 4 and newer. Pure. */
export function bashCompletion(shapes: readonly CommandShape[]): string {
  const tree = commandTree(shapes)
  const families = tree.filter(({ commands }) => commands.length > 0)
  const first = [...tree.map(({ word }) => word), 'help', '--version']
  return [
    HEAD,
    '  if (( COMP_CWORD == 1 )); then',
    `    words='${wordsOf(first)}' options='--help --version'`,
    '  elif (( COMP_CWORD == 2 )); then',
    '    case $command in',
    ...families.map(
      ({ word, commands }) => `      ${word}) words='${wordsOf(commands.map(lastWord))}' ;;`,
    ),
    `      help) words='${wordsOf(first)}' ;;`,
    '    esac',
    '  fi',
    '  case $command in',
    `    ${families.map(({ word }) => word).join('|')}) command="$command \${COMP_WORDS[2]}" ;;`,
    '  esac',
    '  case $command in',
    ...shapes.flatMap(commandCase),
    '  esac',
    TAIL,
  ].join('\n')
}

function commandCase(shape: CommandShape): readonly string[] {
  const options = optionsOf(shape)
  const { words } = shape
  const beside = words?.choices === undefined ? '' : ` words='${wordsOf(words.choices)}'`
  const files = words !== null && /FILE/.test(words.name) ? ' files=1' : ''
  const byValues = Map.groupBy(
    options.filter(({ value }) => value !== null),
    valuesOf,
  )
  const cases = [...byValues].map(
    ([values, alike]) =>
      `        ${alike.map(({ name }) => `--${name}`).join('|')}) values='${values}' ;;`,
  )
  return [
    `    '${shape.name}')`,
    `      options='${options.map(({ name }) => `--${name}`).join(' ')}'${beside}${files}`,
    ...(cases.length === 0 ? [] : ['      case $option in', ...cases, '      esac']),
    '      ;;',
  ]
}

/** `?` stands for what nobody can guess, `/` for a folder. */
function valuesOf({ value, choices }: CommandOption): string {
  if (choices !== undefined) return wordsOf(choices)
  return value === 'DIR' ? '/' : '?'
}

function wordsOf(words: readonly string[]): string {
  return words.filter((word) => WORD.test(word) || word.startsWith('--')).join(' ')
}
