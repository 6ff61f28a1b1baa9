import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandShape, optionsOf } from '../command-shape.ts'
import { commandTable } from '../command-table.ts'
import { bashCompletion } from './bash-completion.ts'
import { zshCompletion } from './zsh-completion.ts'

const shapes: readonly CommandShape[] = commandTable.map(({ shape }) => shape)

let folder: string
let script: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-completion-'))
  script = path.join(folder, 'uptick.bash')
  await writeFile(script, bashCompletion(shapes))
  await writeFile(path.join(folder, 'sites.yaml'), '')
  await writeFile(path.join(folder, 'sites of ours.csv'), '')
})
afterAll(() => rm(folder, { recursive: true }))

/** What bash would offer for the last of these words, as its own machinery calls the function. */
function offered(...words: readonly string[]): Promise<readonly string[]> {
  const ask = `source "$0"
    COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 ))
    _uptick
    (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"`
  const args = ['--noprofile', '--norc', '-uc', ask, script, 'uptick', ...words]
  return new Promise((resolve, reject) => {
    execFile('bash', args, { cwd: folder }, (_, out, err) => {
      if (err === '') resolve(out.split('\n').filter((line) => line !== ''))
      else reject(new Error(err))
    })
  })
}

describe('bash completes', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['a command', ['doc'], ['doctor']],
    ['the commands of a family', ['sites', 'r'], ['resume', 'remove']],
    ['an option', ['sites', 'list', '--st'], ['--state']],
    ['a value', ['sites', 'list', '--state', 'p'], ['paused']],
    ['a value behind an equals sign', ['sites', 'list', '--state', '=', 'inv'], ['invalid']],
    ['all values', ['sites', 'export', '--format', '='], ['yaml', 'json', 'csv']],
    ['an option behind another', ['sites', 'list', '--tag', 'x', '--sea'], ['--search']],
    ['a file', ['sites', 'import', 'sites.'], ['sites.yaml']],
    ['a file with blanks in its name', ['sites', 'import', 'sites o'], ['sites of ours.csv']],
    ['a shell', ['completion', ''], ['bash', 'zsh']],
    ['what help is of', ['help', 'expl'], ['explain']],
    ['nothing where only you know', ['sites', 'add', '--name', ''], []],
    ['nothing of a command that there is not', ['sties', '--'], []],
    ['nothing that runs', ['sites', 'list', '--state', '$(touch bad)'], []],
  ])('%s', async (_, words, offers) => {
    expect(await offered(...words)).toEqual(offers)
  })

  test.each(shapes)('every option of uptick $name', async (shape) => {
    const offers = await offered(...shape.name.split(' '), '--')
    expect(offers).toEqual(optionsOf(shape).map(({ name }) => `--${name}`))
  })
})

const zsh = (() => {
  try {
    return execFileSync('sh', ['-c', 'command -v zsh'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
})()

describe('the script for zsh', () => {
  test.each(shapes)('has every option of uptick $name, with its help in quotes', (shape) => {
    const text = zshCompletion(shapes)
    for (const { name } of optionsOf(shape)) expect(text).toMatch(new RegExp(`'\\*?--${name}=?\\[`))
    // An apostrophe within quotes would end them: each is written as '\''.
    expect((text.match(/'/g) ?? []).length % 2).toBe(0)
  })

  test.skipIf(zsh === null)('can be read by zsh (skipped where there is none)', async () => {
    const file = path.join(folder, '_uptick')
    await writeFile(file, zshCompletion(shapes))
    expect(execFileSync(zsh ?? 'zsh', ['-fn', file], { encoding: 'utf8' })).toBe('')
  })
})
