import { describe, expect, test } from 'vitest'
import type { MemorySample } from '../evidence.ts'
import { ms } from './hand-made.ts'
import { judgeMemory } from './memory-is-flat.ts'

/** A sample each five seconds; its size in MiB by the share of the life that has passed. */
const life = (seconds: number, mebibytes: (share: number) => number, pid = 7): MemorySample[] =>
  Array.from({ length: Math.floor(seconds / 5) + 1 }, (_, index) => ({
    atMs: ms(index * 5),
    process: 'worker-1',
    pid,
    rssBytes: mebibytes((index * 5) / seconds) * 1024 * 1024,
  }))

describe('memory is flat', () => {
  test.each<[string, MemorySample[]]>([
    ['a process that stays as it is', life(300, () => 100)],
    ['one that warms up', life(300, (share) => (share < 0.35 ? 60 : 120))],
    ['one with a spike', life(300, (share) => (share > 0.9 && share < 0.92 ? 400 : 100))],
    ['one that grows by a tenth', life(300, (share) => 100 + 10 * share)],
  ])('holds of %s', (_, samples) => {
    expect(judgeMemory(samples)).toMatchObject({ compared: 1, violations: [] })
  })

  test('does not hold of one that never stops growing', () => {
    const finding = judgeMemory(life(300, (share) => 100 + 200 * share))
    expect(finding.violations).toEqual([
      expect.stringMatching(/^worker-1 \(7\): grew from 2\d\d MiB to 2\d\d MiB$/),
    ])
  })

  test('holds each incarnation against itself, and none that lived for less than two minutes', () => {
    const samples = [
      ...life(300, () => 60, 1),
      ...life(300, () => 200, 2),
      ...life(100, (share) => 900 * share, 3),
    ]
    expect(judgeMemory(samples)).toEqual({
      compared: 2,
      of: 'processes that lived long enough',
      violations: [],
      remarks: ['most: 200 MiB', 'lived for too short a time: 1'],
    })
  })
})
