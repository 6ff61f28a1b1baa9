import type { Db } from './connect.ts'

export type DeadLetter = {
  readonly topic: string
  readonly partition: number | null
  readonly offset: string | null
  /** The record's bytes as text; what is not UTF-8 is kept as base64 behind `base64:`. */
  readonly value: Buffer | null
  readonly reason: string
}

/** What is kept of a record's value. */
const VALUE_BYTES_MAX = 64 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Puts records aside, with the reason. The same record of the same place twice leaves one row. */
export async function insertDeadLetters(db: Db, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return
  await db
    .insertInto('dead_letter')
    .values(
      letters.map((letter) => ({
        topic: letter.topic,
        partition: letter.partition,
        kafka_offset: letter.offset === null ? null : Number(letter.offset),
        value: letter.value === null ? null : storable(letter.value),
        reason: letter.reason,
      })),
    )
    .onConflict((conflict) => conflict.columns(['topic', 'partition', 'kafka_offset']).doNothing())
    .execute()
}

function storable(value: Buffer): string {
  const head = value.subarray(0, VALUE_BYTES_MAX)
  try {
    const text = utf8.decode(head)
    // Postgres cannot store U+0000 in a text.
    return text.includes('\u0000') ? `base64:${head.toString('base64')}` : text
  } catch {
    return `base64:${head.toString('base64')}`
  }
}
