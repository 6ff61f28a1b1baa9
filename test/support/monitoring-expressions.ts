import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

const ops = path.join(import.meta.dirname, '../../ops')
export const dashboardFolder = path.join(ops, 'grafana/dashboards')

type Panel = {
  readonly title: string
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly { readonly expr: string }[]
}
export type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly panels: readonly (Panel & {
    readonly id: number
    readonly gridPos: { readonly x: number; readonly w: number }
  })[]
  readonly templating: { readonly list: readonly { readonly definition: string }[] }
}

/** Grafana's dashboards by the names of their files. */
export const dashboards: ReadonlyMap<string, Dashboard> = new Map(
  readdirSync(dashboardFolder).map((name) => [
    name,
    JSON.parse(readFileSync(path.join(dashboardFolder, name), 'utf8')),
  ]),
)

/** All that a dashboard asks Prometheus; `label_values(a, b)` of a variable asks for `a`. */
export function expressionsOf({ panels, templating }: Dashboard): readonly string[] {
  const variables = templating.list.map(({ definition }) =>
    definition.replace(/^label_values\((.*),.*\)$/, '$1'),
  )
  return [...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), ...variables]
}

type Rules = { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
export type Rule = {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

export const alerts: readonly Rule[] = (
  parse(readFileSync(path.join(ops, 'prometheus/alerts.yml'), 'utf8')) as Rules
).groups.flatMap(({ rules }) => rules)
