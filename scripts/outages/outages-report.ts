import type { ToldOutage } from '#db/told-outages.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { cell } from '../painted-table.ts'
import type { Report } from '../report/report.ts'
import { minuteText } from '../report/window.ts'
import type { Cell } from '../text-table.ts'

export type OutagesSeen = {
  /** `open now`, or a window in words. */
  readonly when: string
  readonly outages: readonly ToldOutage[]
  /** Whether there are more than these. */
  readonly hasMore: boolean
}

/** Enough of an id to name an outage among all that a list shows. */
const ID_SHOWN = 8

/** Outages as a list. Pure. */
export function outagesReport({ when, outages, hasMore }: OutagesSeen): Report {
  const open = outages.filter(({ endedAtMs }) => endedAtMs === null).length
  const count = `${outages.length}${hasMore ? ' and more' : ''}`
  return {
    title: `Outages ${when}`,
    remarks: [`${count} ${outages.length === 1 ? 'outage' : 'outages'}, ${open} open`],
    sections: [
      {
        title: null,
        ifEmpty: 'No outages.',
        table: {
          columns: [
            { title: 'outage', align: 'left' },
            { title: 'site', align: 'left', shrinks: true },
            { title: 'began (UTC)', align: 'left' },
            { title: 'lasted', align: 'right' },
            { title: 'why', align: 'left', shrinks: true },
            { title: 'told', align: 'left' },
          ],
          rows: outages.map(rowOf),
        },
      },
    ],
    notes: [
      ...(hasMore ? ['there are more: --limit 0 shows all'] : []),
      ...(outages.length > 0 ? ['uptick explain OUTAGE tells the story of one'] : []),
    ],
    json: { outages: outages.map(recordOf), has_more: hasMore },
    csv: {
      columns: recordColumns,
      rows: outages.map((outage) => Object.values<Cell>(recordOf(outage))),
    },
  }
}

function rowOf(outage: ToldOutage) {
  const isOpen = outage.endedAtMs === null
  const lasted = humanDuration(outage.durationS * 1_000)
  const reason = outage.message === null ? '' : `: ${outage.message}`
  return [
    cell(outage.outageId.slice(0, ID_SHOWN), 'dim'),
    cell(outage.siteName, isOpen ? 'bold' : undefined),
    cell(minuteText(outage.startedAtMs)),
    isOpen ? cell(`${lasted}, open`, 'red') : cell(lasted),
    cell(`${outage.failure}${reason}`),
    toldCell(outage),
  ]
}

function toldCell({ heldBy, emails, emailsSent, emailsFailed }: ToldOutage) {
  if (emails === 0) {
    return heldBy === null ? cell('no email', 'yellow') : cell(`held: ${heldBy}`, 'dim')
  }
  if (emailsFailed > 0) return cell(`${emailsFailed} of ${emails} failed`, 'red')
  if (emailsSent < emails) return cell(`${emailsSent} of ${emails} sent`, 'yellow')
  return cell(heldBy === 'flapping' ? 'told: flapping' : 'told')
}

const recordColumns = [
  'outage_id',
  'site_id',
  'site_name',
  'url',
  'started_at',
  'detected_at',
  'ended_at',
  'duration_s',
  'failure',
  'message',
  'status_code',
  'remote_address',
  'held_by',
  'emails',
  'emails_sent',
  'emails_failed',
] as const

function recordOf(outage: ToldOutage): Readonly<Record<(typeof recordColumns)[number], Cell>> {
  return {
    outage_id: outage.outageId,
    site_id: outage.siteId,
    site_name: outage.siteName,
    url: outage.url,
    started_at: new Date(outage.startedAtMs).toISOString(),
    detected_at: new Date(outage.detectedAtMs).toISOString(),
    ended_at: outage.endedAtMs === null ? null : new Date(outage.endedAtMs).toISOString(),
    duration_s: outage.durationS,
    failure: outage.failure,
    message: outage.message,
    status_code: outage.statusCode,
    remote_address: outage.remoteAddress,
    held_by: outage.heldBy,
    emails: outage.emails,
    emails_sent: outage.emailsSent,
    emails_failed: outage.emailsFailed,
  }
}
