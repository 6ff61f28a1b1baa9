import type { MaintenanceTimes } from '#db/maintenance-plan.ts'
import { isCalendarDay, parseCalendarTime } from '#shared/domain/calendar-day.ts'
import { type FormProblem, type FormReader, textOf } from './form-text.ts'

const MINUTES_MAX = 7 * 24 * 60

/** When, as a form says it: once in UTC, or again and again by the clock of a zone. Pure. */
export function readTimes(form: FormData, read: FormReader): MaintenanceTimes {
  const kind = read.oneOf('kind', ['once', 'recurring'], 'once')
  return kind === 'once' ? readOnce(form, read) : readRecurring(form, read)
}

function readOnce(form: FormData, read: FormReader): MaintenanceTimes {
  const startsAtMs = instantOf(form, 'starts_at', read)
  const endsAtMs = instantOf(form, 'ends_at', read)
  return { kind: 'once', startsAtMs, endsAtMs }
}

function instantOf(form: FormData, name: string, read: FormReader): number {
  const text = textOf(form, name)
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)
  const ms = isInstant ? parseCalendarTime(`${text}Z`) : null
  if (ms !== null) return ms
  return read.refuse(name, text === '' ? 'is missing' : 'must be a day and a time', 0)
}

function readRecurring(form: FormData, read: FormReader): MaintenanceTimes {
  const startsLocal = textOf(form, 'starts_local')
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(startsLocal))
    read.refuse('starts_local', 'must be a time of the day, such as 02:30', null)
  const weekdays = read.wholes('weekdays', { min: 1, max: 7 })
  const monthDays = read.wholes('month_days', { min: 1, max: 31 })
  return {
    kind: 'recurring',
    startsLocal,
    durationMinutes: read.whole('duration_minutes', { min: 1, max: MINUTES_MAX }),
    timeZone: read.text('time_zone', { max: 100 }),
    weekdays: weekdays.length === 0 ? null : weekdays,
    monthDays: monthDays.length === 0 ? null : monthDays,
    firstDay: dayOf(form, 'first_day', read),
    lastDay: dayOf(form, 'last_day', read),
  }
}

function dayOf(form: FormData, name: string, read: FormReader): string | null {
  const text = textOf(form, name)
  if (text === '') return null
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && isCalendarDay(text)
  return isDay ? text : read.refuse(name, 'must be a day', null)
}

/** What a constraint of the table says, at the field that it is about. */
const fieldsOfConstraints: Readonly<Record<string, FormProblem>> = {
  ends_after_it_starts: { field: 'ends_at', reason: 'must be after the start' },
  time_zone_is_known: { field: 'time_zone', reason: 'is no zone that is known' },
  first_day_not_after_last: { field: 'last_day', reason: 'must not be before the first' },
}

export function problemOfConstraint(constraint: string): FormProblem {
  const reason = constraint.replaceAll('_', ' ')
  return fieldsOfConstraints[constraint] ?? { field: 'title', reason }
}
