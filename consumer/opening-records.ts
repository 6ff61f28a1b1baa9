import type { OpeningRecord } from '#db/opening-records.ts'
import type { Outage } from '#db/outages.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'

/**
 * Of each outage the record that opened it, where that is one of these: of a slot that came twice, the first.
 * An outage that a late result brought to light may rest on a record of long ago, and what comes through
 * Postgres has no place in a log. Pure.
 */
export function openingRecords(
  opened: readonly Outage[],
  origins: readonly { readonly result: CheckResult; readonly record: ReceivedRecord }[],
): readonly OpeningRecord[] {
  return opened.flatMap(({ id, siteId, openedSlotMs }) => {
    const record = origins.find(
      ({ result }) => result.siteId === siteId && result.slotMs === openedSlotMs,
    )?.record
    if (record === undefined || record.partition === null || record.offset === null) return []
    const { topic, partition, offset } = record
    return [{ outageId: id, topic, partition, offset }]
  })
}
