import * as prom from 'prom-client'

/**
 * What a process counts and measures, served at `/metrics` in Prometheus' text format. One of these
 * for each process, and the only file that knows prom-client.
 */
export type Metrics = {
  /** Something that only grows; its name ends in `_total`. */
  counter<Label extends string = never>(definition: Definition<Label>): Counter<Label>
  /** Something that is asked for when it is scraped. */
  gauge<Label extends string = never>(definition: GaugeDefinition<Label>): void
  /** How values are spread, in the buckets of the definition. */
  histogram(definition: HistogramDefinition): Histogram
  /** All of it, as text. */
  render(): Promise<string>
}

/** Names end in their unit: seconds, bytes, or what is counted. */
type Definition<Label extends string> = {
  readonly name: string
  readonly help: string
  readonly labels?: readonly Label[]
  /** Values of the labels that are there from the start, as 0: what appears as 1 has not risen from anything. */
  readonly known?: readonly Labels<Label>[]
}

type GaugeDefinition<Label extends string> = Omit<Definition<Label>, 'known'> & {
  /** Must not wait for anything. Nothing at all, where nothing is known. */
  readonly read: () => readonly Sample<Label>[]
}

type HistogramDefinition = {
  readonly name: string
  readonly help: string
  /** Upper bounds, rising. */
  readonly buckets: readonly number[]
}

export type Labels<Label extends string> = Readonly<Record<Label, string>>
export type Sample<Label extends string> = {
  readonly value: number
  readonly labels: Labels<Label>
}
export type Counter<Label extends string> = { add(amount: number, labels: Labels<Label>): void }
export type Histogram = { observe(value: number): void }

/** Gauges that prom-client gives the ending of counters; each has a twin with a better name. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

export type About = { readonly service: string; readonly version: string }

/** Besides what the process adds: which build it is, and Node's own `process_` and `nodejs_` figures. */
export function openMetrics(about: About): Metrics {
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const metrics = metricsIn(registry)
  metrics.gauge({
    name: 'uptick_build_info',
    help: 'Which build of which service this is; always 1.',
    labels: ['service', 'version', 'node_version'],
    read: () => [{ value: 1, labels: { ...about, node_version: process.version } }],
  })
  return metrics
}

function metricsIn(registry: prom.Registry): Metrics {
  const registers = [registry]
  return {
    counter({ name, help, labels = [], known = [] }) {
      const counter = new prom.Counter({ name, help, labelNames: labels, registers })
      for (const values of known) counter.inc(values, 0)
      return { add: (amount, values) => counter.inc(values, amount) }
    },
    gauge({ name, help, labels = [], read }) {
      const gauge = new prom.Gauge({
        name,
        help,
        labelNames: labels,
        registers,
        collect() {
          // What is not known any more must go. `reset` would leave a 0 where there are no labels.
          if (labels.length === 0) gauge.remove()
          else gauge.reset()
          for (const sample of read()) gauge.set(sample.labels, sample.value)
        },
      })
    },
    histogram({ name, help, buckets }) {
      const histogram = new prom.Histogram({ name, help, buckets: [...buckets], registers })
      return { observe: (value) => histogram.observe(value) }
    },
    render: () => registry.metrics(),
  }
}

/** One sample without labels, or none where nothing is known. */
export function sampleOf(value: number | null): readonly Sample<never>[] {
  return value === null ? [] : [{ value, labels: {} }]
}
