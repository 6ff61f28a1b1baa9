import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { monitoringServices } from '../scripts/monitoring-compose.ts'
import { writePrometheusConfig, writeTargets } from '../scripts/support/prometheus-files.ts'
import type { Places } from '../scripts/support/state.ts'
import { metricsOf } from './support/metric-names.ts'
import { alerts, dashboards, expressionsOf } from './support/monitoring-expressions.ts'
import { hasPromtool, promtool } from './support/promtool.ts'

const root = path.join(import.meta.dirname, '..')
const folder = path.join(root, 'ops/prometheus')

let places: Places
beforeAll(async () => {
  const state = await mkdtemp(path.join(os.tmpdir(), 'uptick-monitoring-'))
  places = { checkout: root, state, logs: state }
})
afterAll(() => rm(places.state, { recursive: true }))

describe.runIf(hasPromtool)('promtool finds nothing wrong', () => {
  test('with the configuration beside containers, and the rules', () => {
    promtool(['check', 'config', '--lint-fatal', 'prometheus.yml'], folder)
  })

  test('with the configuration beside processes', async () => {
    const { config } = await writePrometheusConfig(places)
    await writeTargets(places, ['scheduler', 'web', 'worker-1'], {
      scheduler: 9101,
      web: 9103,
      'worker-1': 9104,
    })
    promtool(['check', 'config', '--lint-fatal', path.basename(config)], path.dirname(config))
  })

  test('with when each alert is told', () => {
    expect(promtool(['test', 'rules', 'alerts.test.yml'], folder)).toContain('SUCCESS')
  })
})

test.runIf(!hasPromtool)(
  'promtool is not installed, so configuration and alerts were not tried',
  () => {
    expect(process.env.CI).not.toBe('true')
  },
)

test('every alert has its test', async () => {
  const tested = await readFile(path.join(folder, 'alerts.test.yml'), 'utf8')
  expect(alerts.map(({ alert }) => alert).filter((alert) => !tested.includes(alert))).toEqual([])
})

test.each(alerts.map((rule) => [rule.alert, rule] as const))('%s says what it is', (_, rule) => {
  expect(['critical', 'warning']).toContain(rule.labels.severity)
  expect(rule.annotations.summary.length).toBeGreaterThan(20)
})

test('a Prometheus beside processes is told where each of them is', async () => {
  const names = ['scheduler', 'worker-1', 'web']
  await writeTargets(places, names, { scheduler: 9101, 'worker-1': 9104, web: 9103, gone: 9999 })
  const read = async (name: string) =>
    JSON.parse(await readFile(path.join(places.state, 'prometheus', name), 'utf8'))
  const web = { targets: ['127.0.0.1:9103'], labels: { service: 'web', instance: 'web' } }
  expect(await read('services.json')).toEqual([
    { targets: ['127.0.0.1:9101'], labels: { service: 'scheduler', instance: 'scheduler' } },
    { targets: ['127.0.0.1:9104'], labels: { service: 'worker', instance: 'worker-1' } },
    web,
  ])
  expect(await read('sites.json')).toEqual([web])
})

describe.each([...dashboards])('the dashboard %s', (_name, dashboard) => {
  test('asks the data source that is provisioned', async () => {
    const file = path.join(root, 'ops/grafana/provisioning/datasources/prometheus.yml')
    const [source] = parse(await readFile(file, 'utf8')).datasources
    const uids = dashboard.panels.flatMap(({ datasource }) => datasource?.uid ?? [])
    expect(new Set(uids)).toEqual(new Set([source.uid]))
  })

  test('has panels that are each one, and fit the page', () => {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const wide = dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)
    expect(wide.map(({ title }) => title)).toEqual([])
  })

  test('asks something in every panel', () => {
    const asked = expressionsOf(dashboard).map(metricsOf)
    expect(asked.filter((names) => names.length === 0)).toEqual([])
  })
})

/** What cAdvisor and the exporters are documented to tell: no Docker engine runs in the tests. */
const ofExporters = [
  'container_cpu_usage_seconds_total',
  'container_memory_working_set_bytes',
  'container_network_receive_bytes_total',
  'container_network_transmit_bytes_total',
  'kafka_consumergroup_lag',
  'kafka_topic_partition_current_offset',
  'pg_database_size_bytes',
  'pg_stat_activity_count',
  'pg_stat_database_xact_commit',
  'pg_stat_database_xact_rollback',
]

test('the dashboard of containers asks for what exporters tell', () => {
  const dashboard = dashboards.get('containers.json') ?? expect.fail()
  const asked = new Set(expressionsOf(dashboard).flatMap(metricsOf))
  expect([...asked].sort()).toEqual(ofExporters)
})

type Service = {
  readonly image: string
  readonly ports?: readonly string[]
  readonly container_name?: string
  readonly security_opt?: readonly string[]
}
const compose: { readonly services: Record<string, Service> } = parse(
  await readFile(path.join(root, 'docker-compose.monitoring.yaml'), 'utf8'),
  { merge: true },
)

describe('docker-compose.monitoring.yaml', () => {
  test('has what make start-monitoring starts', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...monitoringServices].sort())
  })

  test.each(Object.entries(compose.services))(
    '%s is pinned, and on loopback only',
    (_, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/)
      expect(service.container_name).toBeUndefined()
      expect(service.security_opt).toEqual(['no-new-privileges:true'])
      for (const port of service.ports ?? [])
        expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/)
    },
  )

  test('names no container that is not there', async () => {
    const { scrape_configs: jobs } = parse(
      await readFile(path.join(folder, 'prometheus.yml'), 'utf8'),
    )
    const product: { services: object } = parse(
      await readFile(path.join(root, 'docker-compose.yaml'), 'utf8'),
      { merge: true },
    )
    const text = JSON.stringify(jobs.map((job: { static_configs?: unknown }) => job.static_configs))
    const static_ = [...text.matchAll(/"([a-z-]+):\d+"/g)].map(([, name]) => name)
    const asked = [...static_, ...jobs[0].dns_sd_configs[0].names]
    const there = [...Object.keys(product.services), ...Object.keys(compose.services)]
    expect(asked.filter((name) => !there.includes(name))).toEqual([])
  })
})
