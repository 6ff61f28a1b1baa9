import { describe, expect, test } from 'vitest'
import { openMetrics, type Sample, sampleOf } from './metrics.ts'

const open = () => openMetrics({ service: 'test', version: '1.2.3' })
const linesOf = async (metrics: ReturnType<typeof open>, name: string) =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(name))

test('a build says which it is', async () => {
  expect(await linesOf(open(), 'uptick_build_info')).toEqual([
    `uptick_build_info{service="test",version="1.2.3",node_version="${process.version}"} 1`,
  ])
})

test('two registries of one process know nothing of one another', async () => {
  const [first, second] = [open(), open()]
  first.counter({ name: 'a_total', help: 'A.' }).add(1, {})
  expect(await linesOf(second, 'a_total')).toEqual([])
})

describe('a counter', () => {
  test('without labels begins at 0', async () => {
    const metrics = open()
    metrics.counter({ name: 'a_total', help: 'A.' })
    expect(await linesOf(metrics, 'a_total')).toEqual(['a_total 0'])
  })

  test('with labels begins at 0 where its values are known', async () => {
    const metrics = open()
    const counter = metrics.counter({
      name: 'a_total',
      help: 'A.',
      labels: ['kind'],
      known: [{ kind: 'x' }],
    })
    counter.add(3, { kind: 'y' })
    expect(await linesOf(metrics, 'a_total')).toEqual([
      'a_total{kind="x"} 0',
      'a_total{kind="y"} 3',
    ])
  })
})

describe('a gauge', () => {
  test('is asked at each scrape, and is not there while nothing is known', async () => {
    const metrics = open()
    let value: number | null = null
    metrics.gauge({ name: 'a', help: 'A.', read: () => sampleOf(value) })
    expect(await linesOf(metrics, 'a')).toEqual([])
    value = 0
    expect(await linesOf(metrics, 'a')).toEqual(['a 0'])
    value = null
    expect(await linesOf(metrics, 'a')).toEqual([])
  })

  test('with labels forgets what it is not told again', async () => {
    const metrics = open()
    let samples: readonly Sample<'queue'>[] = [{ value: 2, labels: { queue: 'a' } }]
    metrics.gauge({ name: 'jobs', help: 'J.', labels: ['queue'], read: () => samples })
    expect(await linesOf(metrics, 'jobs')).toEqual(['jobs{queue="a"} 2'])
    samples = []
    expect(await linesOf(metrics, 'jobs')).toEqual([])
  })
})

test('a histogram counts into its buckets, the bound itself included', async () => {
  const metrics = open()
  const histogram = metrics.histogram({ name: 'a_seconds', help: 'A.', buckets: [0.1, 1] })
  for (const value of [0.05, 0.1, 0.5, 5]) histogram.observe(value)
  expect(await linesOf(metrics, 'a_seconds_bucket')).toEqual([
    'a_seconds_bucket{le="0.1"} 2',
    'a_seconds_bucket{le="1"} 3',
    'a_seconds_bucket{le="+Inf"} 4',
  ])
})

test('a label is text, whatever is in it', async () => {
  const metrics = open()
  const counter = metrics.counter({ name: 'a_total', help: 'A.', labels: ['kind'] })
  counter.add(1, { kind: 'a"b\\c\nd' })
  expect(await linesOf(metrics, 'a_total')).toEqual(['a_total{kind="a\\"b\\\\c\\nd"} 1'])
})
