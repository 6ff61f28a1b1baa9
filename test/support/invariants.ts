import { Kafka, logLevel } from 'kafkajs'
import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import { decodeResult } from '#shared/contracts/result-record.ts'
import { foldHealth, type SlotOutcome } from '#shared/domain/health.ts'
import type { SinkMail } from './smtp-sink.ts'

/** What must hold after any load and any faults, each as the list of its violations. */
export type Violations = Readonly<Record<string, readonly string[]>>

/** Outages and health are what the state machine makes of the rows in slot order. */
export async function outagesEqualFold(db: Db): Promise<readonly string[]> {
  const sites = await db
    .selectFrom('sites')
    .innerJoin('site_config', 'site_config.id', 'sites.site_id')
    .select(['site_id', 'status', 'failure_threshold', 'recovery_threshold'])
    .execute()
  const rows = await db.selectFrom('ping_status').select(['site_id', 'slot', 'result']).execute()
  const outages = await db
    .selectFrom('outages')
    .select(['site_id', 'started_at', 'opened_slot', 'ended_at', 'closed_slot'])
    .orderBy('started_at')
    .execute()
  const rowsBySite = Map.groupBy(rows, (row) => row.site_id)
  const outagesBySite = Map.groupBy(outages, (outage) => outage.site_id)
  return sites.flatMap((site) => {
    const results: SlotOutcome[] = (rowsBySite.get(site.site_id) ?? []).map(({ slot, result }) => ({
      slotMs: slot.getTime(),
      result,
    }))
    const thresholds = { failure: site.failure_threshold, recovery: site.recovery_threshold }
    const folded = foldHealth(results, thresholds)
    const expected = JSON.stringify([
      folded.health.status,
      folded.outages.map(({ startedAtMs, openedSlotMs, endedAtMs, closedSlotMs }) => [
        startedAtMs,
        openedSlotMs,
        endedAtMs,
        closedSlotMs,
      ]),
    ])
    const stored = outagesBySite.get(site.site_id) ?? []
    const actual = JSON.stringify([
      site.status,
      stored.map(({ started_at, opened_slot, ended_at, closed_slot }) => [
        started_at.getTime(),
        opened_slot.getTime(),
        ended_at?.getTime() ?? null,
        closed_slot?.getTime() ?? null,
      ]),
    ])
    return actual === expected ? [] : [`site ${site.site_id}: stored ${actual}, folded ${expected}`]
  })
}

/** Each outage that was not held has one outage email, and one recovery email once it ended; there are no others; recoveries come second. */
export async function emailsMatchOutages(
  db: Db,
  mails: readonly SinkMail[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('notifications')
    .leftJoin('outages', 'outages.id', 'notifications.outage_id')
    .select(['notifications.outage_id', 'kind', 'message_id', 'ended_at', 'started_at'])
    .execute()
  const outages = await db
    .selectFrom('outages')
    .select(['id', 'ended_at'])
    .where('held_by', 'is', null)
    .execute()
  const places = Map.groupBy(
    mails.map((mail, place) => ({ id: mail.parsed.messageId, place })),
    ({ id }) => id,
  )
  const expected = outages.flatMap(({ id, ended_at }) =>
    ended_at === null ? [`${id} outage`] : [`${id} outage`, `${id} recovery`],
  )
  const kept = rows.filter(({ kind }) => kind !== 'correction')
  const told = new Set(kept.map(({ outage_id, kind }) => `${outage_id} ${kind}`))
  const missing = expected
    .filter((what) => !told.has(what))
    .map((what) => `${what}: no notification`)
  const wrongCount = rows
    .map(({ outage_id, kind, message_id }) => ({
      what: `${outage_id} ${kind}`,
      count: places.get(message_id)?.length ?? 0,
    }))
    .filter(({ count }) => count !== 1)
    .map(({ what, count }) => `${what}: ${count} emails`)
  const known = new Set(rows.map(({ message_id }) => message_id))
  const strangers = [...places.keys()]
    .filter((id) => id === undefined || !known.has(id))
    .map((id) => `email ${id} belongs to no notification`)
  const placeOf = new Map(
    rows.map((row) => [
      `${row.outage_id} ${row.kind}`,
      places.get(row.message_id)?.[0]?.place ?? -1,
    ]),
  )
  const disordered = [...placeOf]
    .filter(
      ([what, place]) =>
        what.endsWith(' recovery') &&
        place < (placeOf.get(what.replace(' recovery', ' outage')) ?? -1),
    )
    .map(([what]) => `${what}: came before its outage`)
  return [...missing, ...wrongCount, ...strangers, ...disordered]
}

/** Every result that Kafka holds is a row or a dead letter. Reads the whole topic. */
export async function acknowledgedAreStored(
  db: Db,
  brokers: string,
  topic: string,
): Promise<{ acknowledged: number; lost: readonly string[] }> {
  const records = await readTopic(brokers, topic)
  const rows = await db.selectFrom('ping_status').select(['site_id', 'slot']).execute()
  const letters = await sql<{
    place: string
  }>`select partition || '/' || kafka_offset as place from dead_letter`.execute(db)
  const stored = new Set(rows.map(({ site_id, slot }) => `${site_id} ${slot.getTime()}`))
  const aside = new Set(letters.rows.map(({ place }) => place))
  const lost = records.flatMap(({ value, key, place }) => {
    const decoded = decodeResult(value, key, Date.now())
    const isStored = decoded.ok && stored.has(`${decoded.result.siteId} ${decoded.result.slotMs}`)
    return isStored || aside.has(place) ? [] : [place]
  })
  return { acknowledged: records.length, lost }
}

export type TopicRecord = {
  readonly place: string
  readonly key: string | null
  readonly value: Buffer | null
}

export async function readTopic(brokers: string, topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ clientId: 'auditor', brokers: [brokers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const total = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  const records: TopicRecord[] = []
  const consumer = kafka.consumer({ groupId: `auditor-${Date.now()}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const done = Promise.withResolvers<void>()
  if (total === 0) done.resolve()
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      records.push({
        place: `${partition}/${message.offset}`,
        key: message.key?.toString() ?? null,
        value: message.value,
      })
      if (records.length >= total) done.resolve()
    },
  })
  await done.promise
  await consumer.disconnect()
  return records
}

/** The queue holds no job that its worker has forgotten. */
export async function nothingIsStuck(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; count: number }>`
    select name, count(*) as count from pgboss.job
    where state = 'active' and started_on + (expire_seconds + 15) * interval '1 s' < now() group by name`.execute(
    db,
  )
  return rows.map(({ name, count }) => `${count} jobs of ${name} are active past their expiry`)
}
