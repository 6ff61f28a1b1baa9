import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What time it is where slots are made. */
export async function databaseNowMs(db: Db): Promise<number> {
  const { rows } = await sql<{ now: number }>`
    select date_part('epoch', clock_timestamp()) * 1000 as now`.execute(db)
  return rows[0]?.now ?? Number.NaN
}
