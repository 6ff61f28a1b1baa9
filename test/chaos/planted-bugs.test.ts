import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { edited, type PlantedBug, plantedBugs } from './planted-bugs.ts'

const root = path.join(import.meta.dirname, '../..')
const bugs: readonly PlantedBug[] = plantedBugs

test('there are at least ten planted bugs, each under a name of its own', () => {
  const names = bugs.map(({ name }) => name)
  expect(names.length).toBeGreaterThanOrEqual(10)
  expect(new Set(names).size).toBe(names.length)
})

describe.each(bugs)('$name', ({ edits }) => {
  const files = Map.groupBy(edits, ({ file }) => file)

  test.each([...files])('fits into %s as it is today, which still is a program', (file, ofFile) => {
    const source = readFileSync(path.join(root, file), 'utf8')
    const buggy = ofFile.reduce(edited, source)
    expect(buggy).not.toBe(source)
    expect(() => stripTypeScriptTypes(buggy)).not.toThrow()
  })
})

const edit = { file: 'a.ts', find: 'a()', replace: 'b()' }

test('an edit replaces the text that it names', () => {
  expect(edited('x a() y', edit)).toBe('x b() y')
})

test.each(['x y', 'a() a()'])('an edit that does not find its text once in %j throws', (source) => {
  expect(() => edited(source, edit)).toThrow(/^a planted bug does not fit a\.ts: found [02] times/)
})
