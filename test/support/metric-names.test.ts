import { expect, test } from 'vitest'
import { metricsIn, metricsOf } from './metric-names.ts'

test.each<[string, readonly string[]]>([
  ['up', ['up']],
  ['up{job="uptick"} == 0', ['up']],
  ['sum by (le, job) (rate(a_bucket[$__rate_interval]))', ['a_bucket']],
  ['histogram_quantile(0.99, sum by (le) (rate(a_bucket{b="c}"}[5m])))', ['a_bucket']],
  ['max(a) - min(b) or vector(0)', ['a', 'b']],
  ['a / on (x) group_left (y) b unless c offset 5m', ['a', 'b', 'c']],
  ['time() - a > 1e3', ['a']],
  ['label_replace(a, "b", "$1", "c", "(d)")', ['a']],
  [
    'count by (status) (count_values by (name) ("status", probe_http_status_code))',
    ['probe_http_status_code'],
  ],
  ['a + a', ['a']],
])('%s asks for %j', (expression, expected) => {
  expect(metricsOf(expression)).toEqual(expected)
})

test('a metric that is declared and has no sample is not there', () => {
  const text = '# HELP a A.\n# TYPE a gauge\n# TYPE b counter\nb{c="d"} 1\nb_sum 2\n'
  expect([...metricsIn(text)]).toEqual(['b', 'b_sum'])
})
