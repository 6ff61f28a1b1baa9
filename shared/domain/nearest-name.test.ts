import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const columns = ['url', 'name', 'cadence', 'failure_threshold', 'sla_ms', 'tags']

test.each([
  ['a swap of neighbours', 'ulr', 'url'],
  ['a letter too few', 'cadnce', 'cadence'],
  ['a letter too many', 'failure_thresshold', 'failure_threshold'],
  ['a wrong letter', 'sla_mx', 'sla_ms'],
  ['capitals', 'URL', 'url'],
  ['two slips', 'cadanec', 'cadence'],
  ['something else', 'password', null],
  ['a short name that is half wrong', 'tuba', null],
  ['nothing', '', null],
])('%s: %s is taken for %s', (_, name, meant) => {
  expect(nearestName(name, columns)).toBe(meant)
})
