import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linearTicks, logTicks, short, svgPlot } from './svg-plot.ts'

const axis = (scale: 'linear' | 'log') => ({ label: 'sites', scale })

describe('ticks', () => {
  test.each([
    ['nothing at all', [], [0, 1]],
    ['zero alone', [0], [0, 1]],
    ['one value', [60], [0, 10, 20, 30, 40, 50, 60]],
    ['a value between two steps', [61], [0, 20, 40, 60, 80]],
    ['parts of one', [0.3], [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]],
    ['values below zero', [-5, 5], [-6, -4, -2, 0, 2, 4, 6]],
  ])('of a line of equal steps go around %s', (_, values, ticks) => {
    expect(linearTicks(values)).toEqual(ticks)
  })

  test.each([
    ['nothing at all', [], [1, 10]],
    ['a power of ten', [100], [100, 1_000]],
    ['parts of one and thousands', [0.5, 2_000], [0.1, 1, 10, 100, 1_000, 10_000]],
  ])('of a logarithm go around %s', (_, values, ticks) => {
    expect(logTicks(values)).toEqual(ticks)
  })

  test('are never many, and hold every value between the first and the last', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true })), (values) => {
        const ticks = linearTicks(values)
        expect(ticks.length).toBeLessThanOrEqual(9)
        const slack = 1e-9 * Math.max(1, ...values.map(Math.abs))
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual((ticks[0] ?? 0) - slack)
          expect(value).toBeLessThanOrEqual((ticks.at(-1) ?? 0) + slack)
        }
      }),
    )
  })

  test.each([
    [0, '0'],
    [0.25, '0.25'],
    [999, '999'],
    [1_000, '1k'],
    [64_000, '64k'],
    [1_500_000, '1.5M'],
    [2e9, '2G'],
  ])('say %d as %s', (value, text) => {
    expect(short(value)).toBe(text)
  })
})

describe('a plot', () => {
  const plot = {
    title: 'a & b <c>',
    x: axis('log'),
    y: axis('linear'),
    series: [
      {
        name: 'measured',
        points: [
          [1_000, 1],
          [10_000, 2],
        ],
      },
      {
        name: 'twice',
        points: [
          [1_000, 0],
          [10_000, 4],
        ],
        isReference: true,
      },
    ],
  } as const

  test('puts the lowest point at the lower left and the highest at the upper right', () => {
    expect(svgPlot(plot)).toContain('points="72,344 700,48"')
  })

  test('marks what was measured with dots and what is for comparison with dashes alone', () => {
    const text = svgPlot(plot)
    expect(text.match(/<circle/g)).toHaveLength(2)
    expect(text.match(/class="line s1 reference"/g)).toHaveLength(2)
  })

  test('has a scheme for dark pages', () => {
    expect(svgPlot(plot)).toContain('prefers-color-scheme:dark')
  })

  test('writes texts as texts', () => {
    expect(svgPlot(plot)).toContain('>a &amp; b &lt;c&gt;</text>')
  })

  test.each([
    ['no series', []],
    ['a series without points', [{ name: 'none', points: [] }]],
    ['a zero where a logarithm is drawn', [{ name: 'zero', points: [[0, 1]] }]],
    ['one point alone', [{ name: 'one', points: [[1_000, 5]] }]],
    ['a figure that is not known', [{ name: 'unknown', points: [[1_000, Number.NaN]] }]],
  ] as const)('of %s has no number that is none', (_, series) => {
    const text = svgPlot({ ...plot, series })
    expect(text).not.toMatch(/NaN|Infinity|undefined/)
    expect(text).toContain('</svg>')
  })
})
