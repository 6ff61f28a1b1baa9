import { describe, expect, test } from 'vitest'
import { type CommandShape, databaseExitCodes, helpOption } from './command-shape.ts'
import { readCommand } from './read-command.ts'

const shape: CommandShape = {
  name: 'fruit list',
  summary: 'what hangs there',
  about: ['Shows fruit.'],
  words: { name: 'TREE...', min: 1, max: 2 },
  groups: [
    {
      title: 'Which',
      options: [
        { name: 'kind', value: 'KIND', help: 'apple or pear', choices: ['apple', 'pear'] },
        { name: 'colour', value: 'COLOUR', help: 'may be given again', repeats: true },
        { name: 'ripe', value: null, help: 'only those' },
        helpOption,
      ],
    },
  ],
  examples: ['uptick fruit list oak'],
  exitCodes: databaseExitCodes,
}

describe('a command reads', () => {
  test('its words and options', () => {
    const reading = readCommand(shape, ['oak', '--kind=pear', '--colour', 'red', '--colour=green'])
    if (reading.outcome !== 'read') throw new Error('must be read')
    const { said } = reading
    expect(said.words).toEqual(['oak'])
    expect(said.text('kind')).toBe('pear')
    expect(said.all('colour')).toEqual(['red', 'green'])
    expect(said.has('ripe')).toBe(false)
    expect(() => said.has('ripeness')).toThrow('uptick fruit list has no option --ripeness')
  })

  test('that its help is asked for, whatever else is wrong', () => {
    const reading = readCommand(shape, ['-h', '--knid=x'])
    expect(reading).toMatchObject({ outcome: 'ended', end: { exitCode: 0, err: '' } })
    expect(reading).toMatchObject({ end: { out: expect.stringContaining('  --kind KIND') } })
    expect(reading).toMatchObject({
      end: { out: expect.stringMatching(/^usage: uptick fruit list TREE\.\.\. \[options\]\n/) },
    })
  })
})

describe('a command refuses', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown option, and names its neighbour', ['oak', '--knid=x'], 'did you mean --kind?'],
    [
      'a value that is none of its choices',
      ['oak', '--kind=appel'],
      '--kind: "appel" must be apple or pear: did you mean apple?',
    ],
    ['an option twice', ['oak', '--kind=pear', '--kind=apple'], '--kind: is given 2 times'],
    ['an option without its value', ['oak', '--kind'], '--kind: needs a value, KIND'],
    ['a value that is empty', ['oak', '--kind='], '--kind: must not be empty'],
    ['a value of what has none', ['oak', '--ripe=yes'], '--ripe: takes no value'],
    ['an option for a value', ['oak', '--colour', '--ripe'], 'write --colour=--ripe'],
    ['no word at all', [], 'TREE...: is missing'],
    ['too many words', ['a', 'b', 'c'], 'TREE...: at most 2, not 3'],
  ])('%s', (_, args, problem) => {
    const reading = readCommand(shape, args)
    expect(reading).toMatchObject({ outcome: 'ended', end: { exitCode: 2, out: '' } })
    expect(reading).toMatchObject({ end: { err: expect.stringContaining(`  - `) } })
    expect(reading).toMatchObject({ end: { err: expect.stringContaining(problem) } })
  })

  test('everything that is wrong at once', () => {
    const reading = readCommand(shape, ['--kind=x', '--ripe=1'])
    if (reading.outcome === 'read') throw new Error('must be refused')
    expect(reading.end.err.match(/ {2}- /g)).toHaveLength(3)
  })

  test('any word where it takes none', () => {
    const reading = readCommand({ ...shape, words: null }, ['oak'])
    expect(reading).toMatchObject({ end: { err: expect.stringContaining('"oak": what is this?') } })
  })
})
