import fc from 'fast-check'
import type { Look, Rule, SiteStory, Span } from './second-by-second.ts'

/** Random pasts of a site, for property tests: all within some hours from an instant on. */

const SPAN_S = 4 * 3_600
const offset = fc.integer({ min: 0, max: SPAN_S })

const rulesFrom = (baseS: number) =>
  fc
    .uniqueArray(
      fc.record({
        fromS: fc.oneof(fc.constant(0), offset),
        seconds: fc.constantFrom(7, 30, 60, 300, 3_600),
        watched: fc.boolean(),
        tags: fc.constantFrom([], ['db'], ['db', 'web']),
      }),
      { selector: (rule) => rule.fromS, minLength: 1, maxLength: 4 },
    )
    .map((rules): readonly Rule[] =>
      rules
        .toSorted((a, b) => a.fromS - b.fromS)
        // A site that is never watched would make for a dull story.
        .map((rule, index) => ({
          ...rule,
          fromS: baseS + rule.fromS,
          watched: rule.watched || index === 0,
        })),
    )

/** Runs of checks in step, as a scheduler makes them, and single ones wherever. */
const looksFrom = (baseS: number) => {
  const result = fc.constantFrom('up', 'up', 'up', 'down', 'inconclusive')
  const run = fc
    .tuple(offset, fc.constantFrom(7, 30, 60, 300), fc.array(result, { maxLength: 60 }))
    .map(([at, step, results]) =>
      results.map((result, index) => ({ at: at + index * step, result })),
    )
  const single = fc.tuple(offset, result).map(([at, result]) => [{ at, result }])
  return fc.array(fc.oneof(run, single), { maxLength: 6 }).map((parts): readonly Look[] => {
    const bySlot = new Map(parts.flat().map(({ at, result }) => [baseS + at, result] as const))
    return [...bySlot].map(([slotS, result]) => ({ slotS, result }))
  })
}

const spansFrom = (baseS: number) =>
  fc.uniqueArray(offset, { maxLength: 6 }).map((edges): readonly Span[] => {
    const sorted = edges.toSorted((a, b) => a - b)
    return sorted.flatMap((toS, index) => {
      const fromS = sorted[index - 1]
      return index % 2 === 0 || fromS === undefined
        ? []
        : [{ fromS: baseS + fromS, toS: baseS + toS }]
    })
  })

export const siteStories = (baseS: number): fc.Arbitrary<SiteStory> =>
  fc.record({
    rules: rulesFrom(baseS),
    looks: looksFrom(baseS),
    outages: spansFrom(baseS),
    maintenance: fc
      .tuple(spansFrom(baseS), fc.constantFrom(null, 'db', 'web'))
      .map(([spans, tag]) => spans.map((span) => ({ ...span, tag }))),
  })

/** Windows around such pasts; some begin and end where rollups do. */
export const windowsFrom = (baseS: number): fc.Arbitrary<Span> => {
  const edge = fc.oneof(
    fc.integer({ min: -3_600, max: SPAN_S + 7_200 }),
    fc.integer({ min: -1, max: 6 }).map((hour) => hour * 3_600),
  )
  return fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ fromS: baseS + Math.min(a, b), toS: baseS + Math.max(a, b) }))
}
