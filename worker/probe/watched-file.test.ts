import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WatchedFile } from './watched-file.ts'

let folder: string
let nowMs = 0
const open = () =>
  new WatchedFile(
    join(folder, 'file'),
    (text) => text.toUpperCase(),
    () => nowMs,
  )
const write = (text: string) => writeFileSync(join(folder, 'file'), text)

beforeEach(() => {
  nowMs = 0
  folder = mkdtempSync(join(tmpdir(), 'watched-file-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file is parsed', () => {
  write('a')
  expect(open().value).toBe('A')
})

test('a file that is not there is empty', () => {
  expect(open().value).toBe('')
})

test('a folder is empty', () => {
  expect(new WatchedFile(folder, (text) => `<${text}>`).value).toBe('<>')
})

test('a change is seen after 30 seconds, and not before', () => {
  write('a')
  const file = open()
  write('bb')
  nowMs = 29_999
  expect(file.value).toBe('A')
  nowMs = 30_000
  expect(file.value).toBe('BB')
})

test('a file that went away is empty, and comes back', () => {
  write('a')
  const file = open()
  rmSync(join(folder, 'file'))
  nowMs = 30_000
  expect(file.value).toBe('')
  write('c')
  nowMs = 60_000
  expect(file.value).toBe('C')
})

test('what has not changed is not parsed again', () => {
  write('a')
  let parsed = 0
  const file = new WatchedFile(
    join(folder, 'file'),
    () => ++parsed,
    () => nowMs,
  )
  nowMs = 30_000
  expect([file.value, file.value, parsed]).toEqual([1, 1, 1])
})
