import { randomUUID } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { SiteStory } from './second-by-second.ts'

/** The steps that write a site's past into the database; the order of all but the first is free. */
export type Telling = {
  readonly siteId: number
  readonly steps: readonly (() => Promise<void>)[]
}

const at = (seconds: number) => sql`to_timestamp(${seconds}::float8)`

/**
 * Makes the site, with its rules but for the newest of them. Each step adds something: rows as they
 * are, or as they were believed to be before they were taken back; outages where they are, or
 * elsewhere before they are moved.
 */
export async function tellStory(db: Db, story: SiteStory): Promise<Telling> {
  const run = async (statement: RawBuilder<unknown>) => void (await statement.execute(db))
  const { rows } = await sql<{ id: number }>`
    insert into site_config (url) values ('http://127.0.0.1:9/' || ${randomUUID()}::text) returning id`.execute(
    db,
  )
  const siteId = rows[0]?.id ?? 0
  await run(sql`delete from site_config_history where site_id = ${siteId}`)
  for (const index of story.rules.keys()) {
    if (index < Math.max(1, story.rules.length - 1)) await addRule(db, siteId, story, index)
  }

  const looks = [0, 1, 2].map((part) => async () => {
    const ofPart = story.looks.filter((_, index) => index % 3 === part)
    await run(insertLooks(siteId, ofPart))
    await run(
      takeBack(
        siteId,
        ofPart.filter(({ result }) => result === 'inconclusive'),
      ),
    )
  })
  const outages = story.outages.map((outage, index) => async () => {
    const id = randomUUID()
    await run(sql`
      insert into outages (id, site_id, started_at, detected_at, ended_at, failure, opened_slot, closed_slot)
      values (${id}, ${siteId}, ${at(outage.fromS - 400)}, now(), ${at(outage.toS + 900)}, 'refused', now(), now())`)
    const endsAt = sql`ended_at = ${at(outage.toS)}`
    if (index % 2 === 0) await run(sql`update outages set ${endsAt} where id = ${id}`)
    await run(sql`update outages set started_at = ${at(outage.fromS)}, ${endsAt} where id = ${id}`)
  })
  const maintenance = story.maintenance.map(({ fromS, toS, tag }) => async () => {
    const whom = tag === null ? sql`'{}', array[${siteId}]::bigint[]` : sql`array[${tag}], '{}'`
    await run(sql`
      insert into maintenance (title, starts_at, ends_at, tags, site_ids)
      values ('work', ${at(fromS)}, ${at(toS)}, ${whom})`)
  })
  const newestRule =
    story.rules.length > 1 ? [() => addRule(db, siteId, story, story.rules.length - 1)] : []
  return { siteId, steps: [...looks, ...outages, ...maintenance, ...newestRule] }
}

async function addRule(db: Db, siteId: number, story: SiteStory, index: number): Promise<void> {
  const rule = story.rules[index]
  if (rule === undefined) return
  await sql`
    update site_config_history set to_at = ${at(rule.fromS)} where site_id = ${siteId} and to_at is null`.execute(
    db,
  )
  await sql`
    insert into site_config_history
    values (${siteId}, ${at(rule.fromS)}, null, ${rule.seconds}, ${rule.watched}, '', ${[...rule.tags]}, 2, 2, null, null, '{}')`.execute(
    db,
  )
}

/** What will be taken back is there as a failed check first. */
function insertLooks(siteId: number, looks: SiteStory['looks']): RawBuilder<unknown> {
  return sql`
    insert into ping_status (site_id, slot, checked_at, result, failure, worker)
    select ${siteId}, to_timestamp(slot), to_timestamp(slot), case result when 'up' then 'up' else 'down' end,
      case result when 'up' then null else 'refused' end, 'w'
    from unnest(${looks.map(({ slotS }) => slotS)}::float8[], ${looks.map(({ result }) => result)}::text[]) as look (slot, result)`
}

function takeBack(siteId: number, looks: SiteStory['looks']): RawBuilder<unknown> {
  return sql`
    update ping_status set result = 'inconclusive', failure = null
    where site_id = ${siteId} and slot in (
      select to_timestamp(slot) from unnest(${looks.map(({ slotS }) => slotS)}::float8[]) as look (slot))`
}
