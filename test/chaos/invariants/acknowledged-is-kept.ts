import { decodeResult } from '#shared/contracts/result-record.ts'
import type { TopicRecord } from '../../support/invariants.ts'
import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'
import {
  readDeadLetters,
  readRows,
  readSiteIds,
  type StoredDeadLetter,
  type StoredRow,
} from '../run-history.ts'

/** I3 */
export const acknowledgedIsKept: Invariant = {
  id: 'I3',
  sentence:
    'What Kafka has acknowledged is a row or a dead letter, and only bad records are dead letters',
  async examine(evidence: Evidence) {
    const [rows, deadLetters, sites] = await Promise.all([
      readRows(evidence.db),
      readDeadLetters(evidence.db),
      readSiteIds(evidence.db),
    ])
    return judgeRecords({
      records: evidence.records,
      rows,
      deadLetters,
      sites,
      nowMs: evidence.drainedAtMs ?? evidence.window.untilMs,
    })
  },
}

export type RecordFacts = {
  readonly records: readonly TopicRecord[]
  readonly rows: readonly Pick<StoredRow, 'siteId' | 'slotMs'>[]
  readonly deadLetters: readonly StoredDeadLetter[]
  readonly sites: ReadonlySet<number>
  readonly nowMs: number
}

export function judgeRecords({ records, rows, deadLetters, sites, nowMs }: RecordFacts): Finding {
  const stored = new Set(rows.map(keyOf))
  const letters = new Map(deadLetters.map((letter) => [letter.place, letter]))
  const kept = records.map((record) => {
    const letter = letters.get(record.place)
    // What was too far in the future when it was read may be good by now.
    const decoded = decodeResult(record.value, record.key, letter?.receivedAtMs ?? nowMs)
    return { place: record.place, result: decoded.ok ? decoded.result : null, letter }
  })
  const lost = kept.filter(
    ({ result, letter }) => letter === undefined && (result === null || !stored.has(keyOf(result))),
  )
  // A record of a site that is there, and that can be read, is none to put aside.
  const misjudged = kept.filter(
    ({ result, letter }) => letter !== undefined && result !== null && sites.has(result.siteId),
  )
  const places = new Set(records.map(({ place }) => place))
  const strangers = deadLetters.filter(({ place }) => place === null || !places.has(place))
  const keys = new Set(kept.flatMap(({ result }) => (result === null ? [] : [keyOf(result)])))
  const invented = rows.filter((row) => !keys.has(keyOf(row)))
  const readable = kept.filter(({ result, letter }) => result !== null && letter === undefined)
  return {
    compared: records.length + rows.length,
    of: 'records and rows',
    violations: [
      ...lost.map(
        ({ place, result }) =>
          `${place} (${result === null ? 'not readable' : keyOf(result)}) is neither a row nor a dead letter`,
      ),
      ...misjudged.map(
        ({ place, letter }) => `${place} is a good record, put aside: ${letter?.reason}`,
      ),
      ...strangers.map(({ place }) => `dead letter ${place} was never in the topic`),
      ...invented.map((row) => `${keyOf(row)} is a row without a record`),
    ],
    remarks: [
      `dead letters: ${deadLetters.length}`,
      `records that came again: ${readable.length - new Set(readable.map(({ result }) => (result === null ? '' : keyOf(result)))).size}`,
    ],
  }
}

function keyOf({ siteId, slotMs }: { readonly siteId: number; readonly slotMs: number }): string {
  return `site ${siteId}, slot ${new Date(slotMs).toISOString()}`
}
