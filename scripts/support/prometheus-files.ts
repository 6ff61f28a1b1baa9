import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Places } from './state.ts'

/**
 * What a Prometheus beside our processes is set up with, all of it in `.uptick/prometheus`. The one
 * in a container has `ops/prometheus/prometheus.yml`; both have the same alerts.
 */

const folderOf = (places: Places) => path.join(places.state, 'prometheus')

export type PrometheusFiles = { readonly config: string; readonly data: string }

/** Writes its configuration, and resolves to the paths that it is started with. */
export async function writePrometheusConfig(places: Places): Promise<PrometheusFiles> {
  const folder = folderOf(places)
  await mkdir(folder, { recursive: true })
  const config = path.join(folder, 'prometheus.yml')
  await writeWhole(config, prometheusConfig(places))
  return { config, data: path.join(folder, 'data') }
}

/** JSON, which is YAML as well. Paths of targets are taken from where this file is. */
function prometheusConfig({ checkout }: Places): object {
  const targets = (file: string) => [{ files: [file], refresh_interval: '5s' }]
  return {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: [path.join(checkout, 'ops/prometheus/alerts.yml')],
    scrape_configs: [
      { job_name: 'uptick', file_sd_configs: targets('services.json') },
      {
        job_name: 'uptick-sites',
        metrics_path: '/metrics/sites',
        // Its `instance` is the site, not the process that tells of it.
        honor_labels: true,
        file_sd_configs: targets('sites.json'),
      },
    ],
  }
}

/** Which processes there are to be asked; Prometheus notices by itself when that changes. */
export async function writeTargets(
  places: Places,
  names: readonly string[],
  ports: Readonly<Record<string, number>>,
): Promise<void> {
  const folder = folderOf(places)
  await mkdir(folder, { recursive: true })
  const targets = names.map((name) => ({
    targets: [`127.0.0.1:${ports[name]}`],
    labels: { service: name.replace(/-\d+$/, ''), instance: name },
  }))
  const sites = targets.filter(({ labels }) => labels.service === 'web')
  await writeWhole(path.join(folder, 'services.json'), targets)
  await writeWhole(path.join(folder, 'sites.json'), sites)
}

/** Whole or not at all: it may be read at any time. */
async function writeWhole(file: string, content: object): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(content, null, 2)}\n`)
  await rename(unfinished, file)
}
