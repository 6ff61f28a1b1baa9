import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { secretFiles } from './secret-files.ts'

let folder: string
let nowMs = 0
const open = (bytesMax = 100) => secretFiles({ folder, bytesMax, nowMs: () => nowMs })
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text)

beforeEach(() => {
  nowMs = 0
  folder = mkdtempSync(path.join(tmpdir(), 'secret-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  ['as it is', 's3cret', 's3cret'],
  ['without its last line break', 's3cret\n', 's3cret'],
  ['without that of Windows', 's3cret\r\n', 's3cret'],
  ['with all others', '\ns3\ncret\n\n', '\ns3\ncret\n'],
  ['with its spaces', ' s3cret ', ' s3cret '],
  ['as long as allowed', 'x'.repeat(100), 'x'.repeat(100)],
])('a file is read %s', (_, content, text) => {
  write('a', content)
  expect(open()('a')).toMatchObject({ outcome: 'read', text })
})

test('a file that is a link, as in a mounted secret, is read', () => {
  mkdirSync(path.join(folder, '..data'))
  write('..data/a', 's3cret')
  symlinkSync('..data/a', path.join(folder, 'a'))
  expect(open()('a')).toMatchObject({ outcome: 'read', text: 's3cret' })
})

test.each([
  ['that is not there', 'missing', 'there is no such file'],
  ['that is empty', 'empty', 'its file is empty'],
  ['that holds a line break alone', 'blank', 'its file is empty'],
  ['that is too large', 'large', 'larger than'],
  ['that is a folder', 'folder', 'it is no file'],
  ['that is a link to nowhere', 'dangling', 'there is no such file'],
  ['above the folder', '../a', 'it is no name'],
  ['of an absolute path', '/etc/hostname', 'it is no name'],
])('a file %s cannot be used', (_, name, part) => {
  write('empty', '')
  write('blank', '\n')
  write('large', 'x'.repeat(101))
  mkdirSync(path.join(folder, 'folder'))
  symlinkSync('nowhere', path.join(folder, 'dangling'))
  expect(open()(name)).toMatchObject({
    outcome: 'unusable',
    reason: expect.stringContaining(part),
  })
})

test('without a folder there are none', () => {
  const read = secretFiles({ folder: null, bytesMax: 100 })
  expect(read('a')).toMatchObject({ reason: 'this worker has no SECRETS_DIR' })
})

test('a change is seen after 5 seconds, and not before', () => {
  write('a', 'old')
  const read = open()
  const before = read('a')
  write('a', 'newer')
  nowMs = 4_999
  expect(read('a')).toBe(before)
  nowMs = 5_000
  expect(read('a')).toMatchObject({ text: 'newer' })
})

test('an unchanged file is the same one, with the same version', () => {
  write('a', 'same')
  const read = open()
  const before = read('a')
  nowMs = 60_000
  expect(read('a')).toBe(before)
})

test('a file that comes later is found, and one that goes is missed', () => {
  const read = open()
  expect(read('a').outcome).toBe('unusable')
  write('a', 'here')
  nowMs = 5_000
  expect(read('a').outcome).toBe('read')
  rmSync(path.join(folder, 'a'))
  nowMs = 10_000
  expect(read('a').outcome).toBe('unusable')
})

test('however many names are asked for, few are remembered and all are right', () => {
  write('a', 'A')
  const read = open()
  for (let at = 0; at < 3_000; at++) read(`name-${at}`)
  expect(read('a')).toMatchObject({ text: 'A' })
})
