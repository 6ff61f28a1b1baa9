import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shareBar, sparkline, stretchBar, stretchGlyph } from './spark.ts'

const nothing = { upS: 0, downS: 0, unknownS: 0, unwatchedS: 0 }

describe('a stretch of time', () => {
  test.each([
    ['that was up wholly is at full height', { upS: 86_400 }, '█'],
    ['that was down for a second is not', { upS: 86_399, downS: 1 }, '▆'],
    ['that was down half of the time is half as high', { upS: 50, downS: 50 }, '▄'],
    ['that was down wholly is as low as can be', { downS: 60 }, '▁'],
    ['that nobody saw is no height at all', { unknownS: 60 }, '·'],
    ['that was seen for half of it is at full height', { upS: 30, unknownS: 30 }, '█'],
    ['that was seen for less is a shade', { upS: 29, unknownS: 31 }, '░'],
    ['that was paused for most of it is not', { upS: 29, unknownS: 71, unwatchedS: 60 }, '█'],
    ['that was hardly seen, and down, is low', { downS: 1, unknownS: 100 }, '▁'],
  ])('%s', (_, some, glyph) => {
    expect(stretchGlyph({ ...nothing, ...some })).toBe(glyph)
  })

  test('is full in a bar only where nothing was down, and a dot only where nothing was seen', () => {
    const seconds = fc.constantFrom(0, 1, 60, 86_400)
    const stretches = fc.array(
      fc.record({ upS: seconds, downS: seconds, unknownS: seconds, unwatchedS: fc.constant(0) }),
      { maxLength: 100 },
    )
    fc.assert(
      fc.property(stretches, fc.integer({ min: 1, max: 30 }), (all, width) => {
        const glyphs = stretchBar(all, width).map(({ text }) => text)
        expect(glyphs.length).toBeLessThanOrEqual(width)
        const hasDown = all.some(({ downS }) => downS > 0)
        const hasFlaw = glyphs.some((glyph) => !['█', '░', '·'].includes(glyph))
        expect(hasFlaw).toBe(hasDown)
      }),
    )
  })

  test.each([
    ['green', 10, 0],
    ['yellow', 10, 1],
    ['red', 10, 10],
    ['dim', 0, 0],
  ])('is %s', (style, upS, downS) => {
    expect(stretchBar([{ ...nothing, upS, downS }], 1)).toMatchObject([{ style }])
  })
})

describe('a curve', () => {
  test.each<[string, readonly (number | null)[], number, string]>([
    ['of nothing is nothing', [], 10, ''],
    ['goes from zero to its highest', [0, 50, 100], 10, '▁▅█'],
    ['of the same is a line', [7, 7], 10, '██'],
    ['of zeros is a line at the bottom', [0, 0], 10, '▁▁'],
    ['has dots where nothing is known', [null, 100, null, 100], 10, '·█·█'],
    ['that is too long keeps its peaks', [1, 1, 1, 100, 1, 1], 3, '▁█▁'],
  ])('%s', (_, values, width, text) => {
    expect(sparkline(values, width)).toBe(text)
  })
})

describe('a part of a whole', () => {
  test.each([
    [1, '████'],
    [0.9999, '███░'],
    [0.5, '██░░'],
    [0.0001, '█░░░'],
    [0, '░░░░'],
    [-3, '░░░░'],
    [7, '████'],
  ])('of %s', (share, bar) => {
    expect(shareBar(share, 4)).toBe(bar)
  })
})
