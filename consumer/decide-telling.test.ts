import { expect, test } from 'vitest'
import { type AlertSituation, decideTelling } from './decide-telling.ts'

const rule = { outagesMax: 3, windowMs: 3_600_000, calmMs: 1_800_000 }
const plain: AlertSituation = { hold: null, isFlapping: false, outagesInWindow: 1 }

test.each<[string, Partial<AlertSituation>, string]>([
  ['of a site that nothing is known of is told', {}, 'told'],
  ['that is the third within the window is told', { outagesInWindow: 3 }, 'told'],
  ['that is the fourth is told as flapping', { outagesInWindow: 4 }, 'told_as_flapping'],
  [
    'of a site that flaps is held, the first in the window too',
    { isFlapping: true, outagesInWindow: 1 },
    'held by flapping',
  ],
  ['in maintenance is held', { hold: 'maintenance' }, 'held by maintenance'],
  [
    'in maintenance is held by that, however restless the site is',
    { hold: 'maintenance', isFlapping: true, outagesInWindow: 9 },
    'held by maintenance',
  ],
  [
    'behind something that is down is held',
    { hold: 'dependency', outagesInWindow: 4 },
    'held by dependency',
  ],
])('an outage %s', (_, changes, expected) => {
  const telling = decideTelling({ ...plain, ...changes }, rule)
  expect(telling.outcome === 'held' ? `held by ${telling.by}` : telling.outcome).toBe(expected)
})

test('with a limit of 0 no site ever flaps, even one that did before', () => {
  const off = { ...rule, outagesMax: 0 }
  expect(decideTelling({ ...plain, isFlapping: true, outagesInWindow: 50 }, off).outcome).toBe(
    'told',
  )
})
