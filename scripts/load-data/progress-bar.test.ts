import { expect, test } from 'vitest'
import { progressBar } from './progress-bar.ts'

test.each([
  ['nothing yet', 0, 0, 80, `reading ${'░'.repeat(30)}   0% 0 sites`],
  ['half of it', 0.5, 12_345, 80, `reading ${'█'.repeat(15)}${'░'.repeat(15)}  50% 12,345 sites`],
  ['all of it', 1, 1, 80, `reading ${'█'.repeat(30)} 100% 1 sites`],
  ['more than all: the file grew', 1.2, 1, 80, `reading ${'█'.repeat(30)} 100% 1 sites`],
  ['a narrow terminal', 0.5, 1, 20, 'reading  50%'],
])('%s', (_, share, rows, width, line) => {
  expect(progressBar({ stage: 'reading', share, rows }, width)).toBe(line)
})
