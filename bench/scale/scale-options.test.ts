import { describe, expect, test } from 'vitest'
import { doublingSizes, readScaleOptions } from './scale-options.ts'

describe('the options of bench-scale', () => {
  test('without any are those of the published figure', () => {
    expect(readScaleOptions({})).toMatchObject({
      kind: 'run',
      sites: 100_000,
      cadenceSeconds: 60,
      minutes: 10,
      scheme: 'http',
    })
  })

  test.each([
    ['a cadence that is no duration', { CADENCE: 'often' }, 'CADENCE is "often"'],
    ['a cadence of part of a second', { CADENCE: '1500ms' }, 'CADENCE is "1500ms"'],
    ['sites that are no number', { SITES: 'many' }, 'SITES is "many"'],
    ['half a minute', { MINUTES: '0.5' }, 'MINUTES is "0.5"'],
    ['another scheme', { SCHEME: 'gopher' }, 'SCHEME is "gopher"'],
    ['a step test that never grows', { FACTOR: '1' }, 'FACTOR is "1"'],
    ['two kinds of run at once', { STEP: '1', DOUBLING: '1' }, 'two runs'],
  ])('refuse %s, by name', (_, env, complaint) => {
    expect(() => readScaleOptions(env)).toThrow(complaint)
  })

  test('take an empty variable for none', () => {
    expect(readScaleOptions({ SITES: '', STEP: '' })).toEqual(readScaleOptions({}))
  })
})

describe('doubling', () => {
  test.each([
    [100_000, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 100_000]],
    [64, [1, 2, 4, 8, 16, 32, 64]],
    [1, [1]],
  ])('goes up to %d and ends there', (largest, sizes) => {
    expect(doublingSizes(largest)).toEqual(sizes)
  })
})
