import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastLines, readFrom } from './tail-log.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-tail-'))
  file = path.join(folder, 'app.log')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['of a file that is not there are none', null, []],
  ['of an empty file are none', '', []],
  ['are the last', 'a\nb\nc\n', ['b', 'c']],
  ['leave out one that is still being written', 'a\nb\nhalf', ['a', 'b']],
  ['leave out empty ones', 'a\n\nb\n', ['a', 'b']],
])('the last lines %s', async (_sentence, content, expected) => {
  if (content !== null) await writeFile(file, content)
  expect(await lastLines(file, 2)).toEqual(expected)
})

test('a line that came in two parts is read once, whole', async () => {
  await writeFile(file, 'a\nhal')
  const first = await readFrom(file, { offset: 0, rest: '' })
  await appendFile(file, 'f\n')
  const second = await readFrom(file, first.next)
  expect([first.lines, second.lines]).toEqual([['a'], ['half']])
})

test('a file that was emptied is read from its beginning', async () => {
  await writeFile(file, 'a\nb\n')
  const { next } = await readFrom(file, { offset: 0, rest: '' })
  await truncate(file)
  await appendFile(file, 'c\n')
  expect((await readFrom(file, next)).lines).toEqual(['c'])
})
