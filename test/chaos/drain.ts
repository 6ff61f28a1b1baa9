import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { openKafkaAdmin } from '#shared/runtime/kafka-admin.ts'
import { openBrokers } from '#shared/runtime/kafka-client.ts'
import { openLog } from '#shared/runtime/log.ts'
import type { ChaosStack } from './start-stack.ts'

const LOOK_EVERY_MS = 500
/** Empty this often in a row: a batch on its way is in none of the places looked at. */
const EMPTY_LOOKS = 4

/** Ends scheduling: no slot is due any more. */
export async function endScheduling({ db }: ChaosStack): Promise<void> {
  await sql`update site_config set enabled = false where enabled`.execute(db)
}

/**
 * Waits until jobs, stream and emails have run empty. Resolves to the moment of it, or to null and what
 * was left when the time was over.
 */
export async function drain(
  stack: ChaosStack,
  withinMs: number,
): Promise<{ readonly atMs: number } | { readonly atMs: null; readonly left: string }> {
  const endMs = Date.now() + withinMs
  let empties = 0
  let left = 'nothing was looked at'
  while (Date.now() < endMs) {
    left = await leftIn(stack).catch((error: unknown) => String(error))
    empties = left === '' ? empties + 1 : 0
    if (empties >= EMPTY_LOOKS) return { atMs: Date.now() }
    await pause(LOOK_EVERY_MS)
  }
  return { atMs: null, left }
}

/** What waits where, or nothing. */
async function leftIn(stack: ChaosStack): Promise<string> {
  const { rows } = await sql<{ what: string; count: number }>`
    select 'jobs of ' || name as what, count(*) as count from pgboss.job
    where state < 'completed' and name in ('check', 'recheck', 'notify', 'result') group by name
    union all select 'emails', count(*) from notifications where sent_at is null and failed_at is null having count(*) > 0`.execute(
    stack.db,
  )
  const lag = await lagOf(stack)
  const records = lag === 0 ? [] : [`${lag} records`]
  return [...rows.map(({ what, count }) => `${count} ${what}`), ...records].join(', ')
}

async function lagOf({ servers: { brokers, topic, group } }: ChaosStack): Promise<number> {
  const settings = openBrokers([brokers], topic, 'chaos')
  const signal = AbortSignal.timeout(10_000)
  const admin = await openKafkaAdmin(settings, openLog('chaos', 'silent'), signal)
  try {
    return (await admin.lag(group)).reduce((sum, { lag }) => sum + lag, 0)
  } finally {
    await admin.close()
  }
}
