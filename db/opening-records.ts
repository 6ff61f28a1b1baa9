import { sql } from 'kysely'
import type { Trx } from './connect.ts'

/** Where in the result stream the record is that an outage was opened by. */
export type OpeningRecord = {
  readonly outageId: string
  readonly topic: string
  readonly partition: number
  /** A whole number as text: it may be larger than a number holds. */
  readonly offset: string
}

/** Writes down which records opened these outages. */
export async function noteOpeningRecords(
  trx: Trx,
  records: readonly OpeningRecord[],
): Promise<void> {
  if (records.length === 0) return
  await sql`
    update outages o set opened_by_topic = record.topic, opened_by_partition = record.partition,
      opened_by_offset = record.kafka_offset
    from unnest(
      ${sql.val(records.map(({ outageId }) => outageId))}::uuid[],
      ${sql.val(records.map(({ topic }) => topic))}::text[],
      ${sql.val(records.map(({ partition }) => partition))}::int[],
      ${sql.val(records.map(({ offset }) => offset))}::int8[]) as record (outage_id, topic, partition, kafka_offset)
    where o.id = record.outage_id`.execute(trx)
}
