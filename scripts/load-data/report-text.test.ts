import { expect, test } from 'vitest'
import type { LoadOutcome } from '../../site-file/load-sites.ts'
import { problem } from '../../site-file/source-row.ts'
import { reportText } from './report-text.ts'

const change = (column: string, before: unknown, after: unknown) => ({
  column,
  old: before,
  new: after,
})
const none = { inserted: 0, updated: 0, unchanged: 0 }

test.each<[string, LoadOutcome, string]>([
  [
    'a load',
    { outcome: 'loaded', inserted: 1, updated: 2, unchanged: 3 },
    '6 sites loaded from f.csv: 1 inserted, 2 updated, 3 unchanged',
  ],
  [
    'one site',
    { outcome: 'loaded', ...none, inserted: 1 },
    '1 site loaded from f.csv: 1 inserted, 0 updated, 0 unchanged',
  ],
  [
    'one problem',
    { outcome: 'refused', problems: [problem('line 2', 'url: is missing')], count: 1 },
    'f.csv: nothing was loaded, there is a problem:\n  line 2: url: is missing',
  ],
  [
    'more problems than are shown',
    { outcome: 'refused', problems: [problem('line 2', 'x')], count: 9 },
    'f.csv: nothing was loaded, there are 9 problems:\n  line 2: x\n  ... and 8 more',
  ],
  [
    'a rehearsal',
    {
      outcome: 'rehearsed',
      inserted: 2,
      updated: 1,
      unchanged: 4,
      differences: [
        { site: 'new', changes: [] },
        { site: 'old', changes: [change('sla_ms', null, 5), change('tags', [], ['a'])] },
      ],
    },
    [
      '+ "new"',
      '~ "old"',
      '    sla_ms: null -> 5',
      '    tags: [] -> ["a"]',
      '... and 1 more',
      '= 4 unchanged',
      'Nothing was written (a dry run). Without that: 2 inserted, 1 updated, 4 unchanged.',
    ].join('\n'),
  ],
])('%s', (_, outcome, text) => {
  expect(reportText(outcome, 'f.csv')).toBe(text)
})

test('values of headers and bodies are never shown, and no name steers the terminal', () => {
  const changes = [
    change('headers', { Authorization: 'hunter2' }, { Authorization: 'hunter3', 'X-A': 'hunter4' }),
    change('body', null, 'hunter5'),
  ]
  const text = reportText(
    { outcome: 'rehearsed', ...none, updated: 1, differences: [{ site: 'a\u001b[2J', changes }] },
    'f',
  )
  expect(text).toContain('headers: {"Authorization": ***} -> {"Authorization": ***, "X-A": ***}')
  expect(text).toContain('body: null -> *** (7 characters)')
  expect(text).not.toContain('hunter')
  expect(text).not.toContain('\u001b')
})
