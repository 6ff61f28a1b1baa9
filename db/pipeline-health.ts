import { sql } from 'kysely'
import type { Db } from './connect.ts'

export type PipelineHealth = {
  /** The clock hand has moved lately. */
  readonly isScheduling: boolean
  /** As many results arrive as must; also where nothing is watched yet. */
  readonly isRecording: boolean
}

/** A hand moves every second; a scheduler that is started anew takes a moment. */
const HAND_SECONDS_MAX = 30
/** From a slot to its row: the check itself, the stream, and a batch of the consumer. */
const WAY_SECONDS_MAX = 120

/** Whether the parts before the database do their work, judged by what they leave in it. */
export async function readPipelineHealth(db: Db): Promise<PipelineHealth> {
  const { rows } = await sql<PipelineHealth>`
    with watched as (
      select cadence.seconds, s.last_checked_at, c.updated_at
      from site_config c join cadence on cadence.name = c.cadence join sites s on s.site_id = c.id
      where c.enabled and c.validity <> 'invalid'
    ), expected as (
      -- Of the fastest the one that has been as it is for longest: a new one has nothing to show yet.
      select seconds, min(updated_at) as since from watched group by seconds order by seconds limit 1
    )
    select coalesce((select last_slot > now() - make_interval(secs => ${HAND_SECONDS_MAX}) from schedule_hand), false)
        as "isScheduling",
      coalesce((
        select greatest(since, (select max(last_checked_at) from watched))
          > now() - make_interval(secs => seconds + ${WAY_SECONDS_MAX}) from expected), true) as "isRecording"`.execute(
    db,
  )
  return rows[0] ?? { isScheduling: false, isRecording: false }
}
