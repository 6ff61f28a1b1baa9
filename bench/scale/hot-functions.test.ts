import { describe, expect, test } from 'vitest'
import { type CpuProfile, hotFunctions } from './hot-functions.ts'

const node = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
})

const profile: CpuProfile = {
  nodes: [
    node(1, '(root)'),
    node(2, '(idle)'),
    node(3, 'probe', 'file:///repo/worker/probe.ts', 9),
    node(4, 'probe', 'file:///repo/worker/probe.ts', 9),
    node(5, '', 'node:net', 0),
    node(6, '(garbage collector)'),
  ],
  samples: [3, 2, 4, 5, 6, 99],
  timeDeltas: [7, 100, 5_000, 200, 80, 20, 1],
}

describe('the functions of a profile', () => {
  test('are added up wherever they were called from, most time first', () => {
    expect(hotFunctions(profile, '/repo', 10)).toEqual([
      { name: 'probe', place: 'worker/probe.ts:10', selfMicros: 300, share: expect.closeTo(0.748) },
      { name: '(anonymous)', place: 'node:net:1', selfMicros: 80, share: expect.closeTo(0.1995) },
      { name: '(garbage collector)', place: '', selfMicros: 20, share: expect.closeTo(0.0499) },
      { name: '(unknown)', place: '', selfMicros: 1, share: expect.closeTo(0.0025) },
    ])
  })

  test('are as many as were asked for', () => {
    expect(hotFunctions(profile, '/repo', 1)).toHaveLength(1)
  })

  test('leave out idle time and times that run backwards', () => {
    const odd = { ...profile, samples: [2, 3], timeDeltas: [0, 900, -5] }
    expect(hotFunctions(odd, '/repo', 10)).toEqual([
      { name: 'probe', place: 'worker/probe.ts:10', selfMicros: 0, share: 0 },
    ])
  })

  test('of nothing are none', () => {
    expect(hotFunctions({ nodes: [], samples: [], timeDeltas: [] }, '/repo', 10)).toEqual([])
  })
})
