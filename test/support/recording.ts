import { sql } from 'kysely'
import type { CheckResult } from '#shared/domain/result.ts'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { FleetWatch } from '../../consumer/fleet-watch.ts'
import { type RecordContext, type Recorded, recordBatch } from '../../consumer/record-batch.ts'
import { record, slotOf } from './results.ts'
import { openTestDatabase, type TestDatabase } from './test-database.ts'

type SiteColumns = {
  readonly name?: string
  readonly url?: string
  readonly failure_threshold?: number
  readonly recovery_threshold?: number
  readonly alert_emails?: string[]
}

/** A consumer's transaction on a database of its own, and what its tests ask of it afterwards: all about site 1. */
export class Recording {
  readonly database: TestDatabase
  readonly queue: JobQueue
  readonly context: RecordContext

  private constructor(database: TestDatabase, queue: JobQueue) {
    this.database = database
    this.queue = queue
    this.context = {
      db: database.db,
      queue,
      nowMs: () => Date.now(),
      defaultRecipients: ['ops@example.org'],
      messageIdDomain: 'example.org',
      fleet: new FleetWatch(),
      flapping: { outagesMax: 0, windowMs: 3_600_000, calmMs: 1_800_000 },
    }
  }

  static async open(): Promise<Recording> {
    const database = await openTestDatabase()
    return new Recording(database, await database.openQueue())
  }

  async close(): Promise<void> {
    await this.queue.close()
    await this.database.close()
  }

  async clear(): Promise<void> {
    const { db } = this.database
    await sql`truncate site_config, ping_status, outages, notifications, dead_letter restart identity cascade`.execute(
      db,
    )
    await sql`delete from pgboss.job`.execute(db)
  }

  take(...results: readonly CheckResult[]): Promise<Recorded> {
    return recordBatch(
      this.context,
      results.map((result) => record(result)),
    )
  }

  async addSite(columns: SiteColumns = {}): Promise<void> {
    await this.database.db
      .insertInto('site_config')
      .values({ url: 'http://127.0.0.1:9/', name: 'shop', ...columns })
      .execute()
  }

  site() {
    return this.database.db
      .selectFrom('sites')
      .selectAll()
      .where('site_id', '=', 1)
      .executeTakeFirstOrThrow()
  }

  /** First and end slot of each, oldest first. */
  async outages(): Promise<readonly (readonly (number | null)[])[]> {
    const rows = await this.database.db
      .selectFrom('outages')
      .selectAll()
      .where('site_id', '=', 1)
      .orderBy('started_at')
      .execute()
    return rows.map((row) => [slotOf(row.started_at), slotOf(row.ended_at)])
  }

  /** `outage to ops@example.org`, in the order of queueing. */
  async notifications(): Promise<readonly string[]> {
    const rows = await this.database.db
      .selectFrom('notifications')
      .select(['kind', 'recipient'])
      .orderBy('id')
      .execute()
    return rows.map((row) => `${row.kind} to ${row.recipient}`)
  }

  async notifyJobs(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pgboss.job where name = 'notify'`.execute(this.database.db)
    return Number(rows[0]?.count)
  }
}
