import {
  type CommandOption,
  type CommandShape,
  databaseExitCodes,
  helpOption,
  noColorOption,
} from '../command-shape.ts'
import { reportFormats } from './report.ts'

export const reportTopics = ['uptime', 'latency', 'outages', 'slo', 'cadence'] as const
export type ReportTopic = (typeof reportTopics)[number]

export const windowOptions: readonly CommandOption[] = [
  { name: 'since', value: 'DURATION', help: '12h, 7d, 2w: until now (default 7d)' },
  { name: 'from', value: 'WHEN', help: 'in its place: 2026-03-01 (UTC) or 2026-03-01T12:00Z' },
  { name: 'to', value: 'WHEN', help: 'with --from (default: now)' },
]

export const siteOptions: readonly CommandOption[] = [
  { name: 'site', value: 'SITE', help: 'a name or an id; may be given again', repeats: true },
  { name: 'tag', value: 'TAG', help: 'sites with any of these; may be given again', repeats: true },
]

const policyOption: CommandOption = {
  name: 'policy',
  value: 'NAME',
  help: 'how unknown time and maintenance count (default observed)',
}

/** Of everything that comes in rows. */
export const outputOptions: readonly CommandOption[] = [
  {
    name: 'format',
    value: 'FORMAT',
    help: 'table, csv (a spreadsheet opens it), json or md (default table)',
    choices: reportFormats,
  },
  { name: 'json', value: null, help: 'as --format json' },
  { name: 'limit', value: 'N', help: 'so many rows at most, 0: all (default: all, a table 40)' },
  noColorOption,
  helpOption,
]

type TopicShape = {
  readonly summary: string
  readonly about: string
  /** The first is the default. */
  readonly sorts: readonly string[]
  readonly hasPolicy: boolean
  readonly example: string
}

const topicShapes: Readonly<Record<ReportTopic, TopicShape>> = {
  uptime: {
    summary: 'how long each site was up, down and unobserved',
    about:
      'Up, down and unknown time by duration, a bar of days, and how much of the time was observed at all.',
    sorts: ['worst', 'best', 'coverage', 'name'],
    hasPolicy: true,
    example: 'uptick report uptime --since 30d --tag shop --format csv > uptime.csv',
  },
  latency: {
    summary: 'p50, p95 and p99 of each phase',
    about: 'How long checks took, and where: percentiles of the whole and of each phase.',
    sorts: ['slowest', 'fastest', 'name'],
    hasPolicy: false,
    example: 'uptick report latency --since 24h --site api',
  },
  outages: {
    summary: 'how often and how long each site was down',
    about:
      'Outages of each site: their number, the time to repair (MTTR) and between failures (MTBF).',
    sorts: ['worst', 'most', 'name'],
    hasPolicy: false,
    example: 'uptick report outages --from 2026-01-01 --to 2026-04-01 --format md',
  },
  slo: {
    summary: 'what is left of each error budget',
    about: 'For each site with a slo_target: its uptime, and how much of the error budget is left.',
    sorts: ['worst', 'best', 'name'],
    hasPolicy: true,
    example: 'uptick report slo --since 30d --policy contract',
  },
  cadence: {
    summary: 'whether checks were made when they were due',
    about:
      'Kept and missed slots, and how late checks began: how well Uptick itself keeps its word.',
    sorts: ['worst', 'latest', 'name'],
    hasPolicy: false,
    example: 'uptick report cadence --since 24h',
  },
}

/** What may be said to `uptick report TOPIC`. Pure. */
export function reportShape(topic: ReportTopic): CommandShape {
  const { summary, about, sorts, hasPolicy, example } = topicShapes[topic]
  const sortOption: CommandOption = {
    name: 'sort',
    value: 'ORDER',
    help: `${sorts.join(', ')} (default ${sorts[0]})`,
    choices: sorts,
  }
  return {
    name: `report ${topic}`,
    summary,
    about: [about],
    words: null,
    groups: [
      { title: 'When', options: windowOptions },
      { title: 'Which sites (default: all)', options: siteOptions },
      { title: 'How', options: [...(hasPolicy ? [policyOption] : []), sortOption] },
      { title: 'Output', options: outputOptions },
    ],
    examples: [`uptick report ${topic}`, example],
    exitCodes: databaseExitCodes,
  }
}
