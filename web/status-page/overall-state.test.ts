import { describe, expect, test } from 'vitest'
import { type OverallState, overallState } from './overall-state.ts'
import { type Known, type SiteState, siteState } from './site-state.ts'

describe('a site', () => {
  const seen: Known = { isWatched: true, status: 'up', observedAtMs: 1 }
  test.each<[string, Known, boolean, SiteState]>([
    ['seen up is up', seen, false, 'up'],
    ['seen up within planned work is up', seen, true, 'up'],
    ['seen down is down', { ...seen, status: 'down' }, false, 'down'],
    [
      'seen down within planned work is under maintenance',
      { ...seen, status: 'down' },
      true,
      'maintenance',
    ],
    [
      'of which no streak is long enough yet is unknown',
      { ...seen, status: 'unknown' },
      false,
      'unknown',
    ],
    [
      'not seen lately is unknown, though it was up',
      { ...seen, observedAtMs: null },
      false,
      'unknown',
    ],
    [
      'not seen lately is unknown, though it was down',
      { ...seen, status: 'down', observedAtMs: null },
      false,
      'unknown',
    ],
    [
      'not seen lately within planned work is unknown',
      { ...seen, status: 'down', observedAtMs: null },
      true,
      'unknown',
    ],
    [
      'that nobody watches is paused, whatever was seen',
      { ...seen, isWatched: false },
      false,
      'paused',
    ],
  ])('%s', (_, known, isInMaintenance, state) => {
    expect(siteState(known, isInMaintenance)).toBe(state)
  })
})

describe('the word for all', () => {
  test.each<[string, SiteState[], boolean, OverallState]>([
    ['of nothing is that there is nothing', [], false, 'nothing'],
    ['of nothing during planned work, too', [], true, 'nothing'],
    ['of sites that are up', ['up', 'up'], false, 'up'],
    ['does not count sites that nobody watches', ['up', 'paused', 'paused'], false, 'up'],
    ['of sites that nobody watches is that we cannot tell', ['paused'], false, 'unknown'],
    ['of one that was not seen is that we cannot tell', ['unknown'], false, 'unknown'],
    ['of which half was not seen is that we cannot tell', ['up', 'unknown'], false, 'unknown'],
    ['of which less was not seen says so', ['up', 'up', 'unknown'], false, 'up as far as seen'],
    ['of one down among three', ['up', 'up', 'down'], false, 'partly'],
    ['of one down among two is a major outage', ['up', 'down'], false, 'down'],
    [
      'is not made milder by sites that were not seen',
      ['up', 'down', 'unknown', 'unknown'],
      false,
      'down',
    ],
    [
      'of one down and else not seen is a major outage',
      ['down', 'unknown', 'unknown'],
      false,
      'down',
    ],
    ['during planned work', ['up', 'up'], true, 'maintenance'],
    ['of a site that planned work took down', ['up', 'maintenance'], false, 'maintenance'],
    ['is not excused by planned work elsewhere', ['down', 'maintenance', 'up'], true, 'partly'],
    [
      'during planned work that nobody sees is that we cannot tell',
      ['unknown', 'up'],
      true,
      'unknown',
    ],
  ])('%s', (_, states, isMaintenance, word) => {
    expect(overallState(states, isMaintenance)).toBe(word)
  })
})
