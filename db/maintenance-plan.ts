import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** Planned work: once from `startsAtMs` to `endsAtMs`, or again and again at a local time. Instants are epoch milliseconds. */
export type PlannedMaintenance = {
  readonly id: number
  readonly title: string
  readonly siteIds: readonly number[]
  readonly tags: readonly string[]
  readonly when: MaintenanceTimes
  /** Whether visitors of the status page are told. */
  readonly published: boolean
  readonly isUnderWay: boolean
}

export type MaintenanceTimes =
  | { readonly kind: 'once'; readonly startsAtMs: number; readonly endsAtMs: number }
  | {
      readonly kind: 'recurring'
      /** `02:30` */
      readonly startsLocal: string
      readonly durationMinutes: number
      /** `Europe/Berlin` */
      readonly timeZone: string
      /** 1 is Monday; null: every day. */
      readonly weekdays: readonly number[] | null
      readonly monthDays: readonly number[] | null
      /** `2026-11-25`; null: from the beginning, and for ever. */
      readonly firstDay: string | null
      readonly lastDay: string | null
    }

export type NewMaintenance = Omit<PlannedMaintenance, 'id' | 'isUnderWay'>

type Row = Omit<PlannedMaintenance, 'when'> & {
  readonly startsAtMs: number | null
  readonly endsAtMs: number | null
} & { readonly [Column in keyof Recurring]: Recurring[Column] | null }
type Recurring = Omit<Extract<MaintenanceTimes, { kind: 'recurring' }>, 'kind'>

/** What is under way first, then by when it begins; what is over for more than 30 days is left out. */
export async function listMaintenance(
  db: Db,
  limit: number,
): Promise<readonly PlannedMaintenance[]> {
  const { rows } = await sql<Row>`
    select m.id, m.title, to_jsonb(m.site_ids) as "siteIds", m.tags, m.published,
      (extract(epoch from m.starts_at) * 1000)::float8 as "startsAtMs",
      (extract(epoch from m.ends_at) * 1000)::float8 as "endsAtMs",
      to_char(m.starts_local, 'HH24:MI') as "startsLocal", m.duration_minutes as "durationMinutes",
      m.time_zone as "timeZone", m.weekdays, m.month_days as "monthDays",
      m.first_day::text as "firstDay", m.last_day::text as "lastDay",
      exists (select from maintenance_occurrences(m, now())) as "isUnderWay"
    from maintenance m
    where coalesce(m.ends_at, m.last_day, 'infinity') > now() - interval '30 days'
    order by "isUnderWay" desc, m.starts_at nulls first, m.id limit ${limit}`.execute(db)
  return rows.map(planned)
}

function planned(row: Row): PlannedMaintenance {
  const { id, title, siteIds, tags, published, isUnderWay } = row
  return { id, title, siteIds, tags, published, isUnderWay, when: timesOf(row) }
}

function timesOf(row: Row): MaintenanceTimes {
  const { startsAtMs, endsAtMs, startsLocal, durationMinutes, timeZone } = row
  if (startsAtMs !== null && endsAtMs !== null) return { kind: 'once', startsAtMs, endsAtMs }
  const { weekdays, monthDays, firstDay, lastDay } = row
  return {
    kind: 'recurring',
    startsLocal: startsLocal ?? '',
    durationMinutes: durationMinutes ?? 0,
    timeZone: timeZone ?? '',
    weekdays,
    monthDays,
    firstDay,
    lastDay,
  }
}

export type Planned =
  | { readonly outcome: 'planned'; readonly id: number }
  /** The constraint of the table, or `time_zone_is_known` for a zone that Postgres does not know. */
  | { readonly outcome: 'refused'; readonly constraint: string }

/** The constraints of the table decide what may be planned. */
export async function planMaintenance(db: Db, wanted: NewMaintenance): Promise<Planned> {
  const { title, siteIds, tags, published, when } = wanted
  const once = when.kind === 'once' ? when : null
  const recurring = when.kind === 'recurring' ? when : null
  try {
    const { rows } = await sql<{ id: number }>`
      insert into maintenance (title, site_ids, tags, published, starts_at, ends_at, starts_local, duration_minutes,
        time_zone, weekdays, month_days, first_day, last_day)
      values (${title}, ${sql.val([...siteIds])}::bigint[], ${sql.val([...tags])}::text[], ${published},
        ${once && new Date(once.startsAtMs)}, ${once && new Date(once.endsAtMs)},
        ${recurring?.startsLocal ?? null}::time, ${recurring?.durationMinutes ?? null}, ${recurring?.timeZone ?? null},
        ${sql.val(arrayOf(recurring?.weekdays))}::int[], ${sql.val(arrayOf(recurring?.monthDays))}::int[],
        ${recurring?.firstDay ?? null}::date, ${recurring?.lastDay ?? null}::date)
      returning id`.execute(db)
    return { outcome: 'planned', id: rows[0]?.id ?? 0 }
  } catch (error) {
    const constraint = constraintOf(error)
    if (constraint === null) throw error
    return { outcome: 'refused', constraint }
  }
}

function arrayOf(items: readonly number[] | null | undefined): number[] | null {
  return items === null || items === undefined ? null : [...items]
}

const CHECK_VIOLATION = '23514'
/** What Postgres says of a zone that it does not know, before the constraint can name it. */
const INVALID_PARAMETER = '22023'

function constraintOf(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error)) return null
  if (error.code === INVALID_PARAMETER) return 'time_zone_is_known'
  const isConstraint = error.code === CHECK_VIOLATION && 'constraint' in error
  return isConstraint && typeof error.constraint === 'string' ? error.constraint : null
}

export async function removeMaintenance(db: Db, id: number): Promise<'removed' | 'gone'> {
  const { numDeletedRows } = await db
    .deleteFrom('maintenance')
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n ? 'removed' : 'gone'
}

/** Whether the status page tells of it. */
export async function publishMaintenance(db: Db, id: number, published: boolean): Promise<void> {
  await db.updateTable('maintenance').set({ published }).where('id', '=', id).execute()
}
