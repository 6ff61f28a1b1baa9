import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'

/** Bytes on disk, and of the log since the cluster was made. */
export type Sizes = {
  readonly resultHeap: number
  readonly resultIndexes: number
  /** All of the database: queues and rollups as well. */
  readonly database: number
  readonly wal: number
  readonly kafka: number
}

export async function readSizes(db: Db, kafkaFolder: string): Promise<Sizes> {
  const { rows } = await sql<Omit<Sizes, 'kafka'>>`
    select coalesce(sum(pg_table_size(relid)), 0)::int8 as "resultHeap",
      coalesce(sum(pg_indexes_size(relid)), 0)::int8 as "resultIndexes",
      pg_database_size(current_database()) as "database",
      pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8 as "wal"
    from pg_partition_tree('ping_status') where isleaf`.execute(db)
  const [sizes] = rows
  if (sizes === undefined) throw new Error('an aggregate without a row')
  return { ...sizes, kafka: logBytes(kafkaFolder) }
}

/** Of the segments; indexes beside them are made in full size and say nothing. */
function logBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /statuses-\d+\/\d+\.log$/.test(file))
    .reduce((sum, file) => sum + bytesOf(path.join(folder, file)), 0)
}

/** A segment may be deleted while we look. */
function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
