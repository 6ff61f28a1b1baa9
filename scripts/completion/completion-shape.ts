import { type CommandShape, helpOption } from '../command-shape.ts'

const INSTALL = `To keep it
  bash    uptick completion bash > ~/.local/share/bash-completion/completions/uptick
  zsh     uptick completion zsh > "\${fpath[1]}/_uptick", and begin a new shell`

export const completionShape: CommandShape = {
  name: 'completion',
  summary: 'a script that completes uptick in bash or zsh',
  about: [
    'Prints a script with which a shell completes commands, options and their values. Print it again after an update.',
    INSTALL,
  ],
  words: { name: 'SHELL', min: 1, max: 1, choices: ['bash', 'zsh'] },
  groups: [{ title: 'Output', options: [helpOption] }],
  examples: ['source <(uptick completion bash)', 'source <(uptick completion zsh)'],
  exitCodes: '0 done, 2 wrong usage, 70 a bug',
}
