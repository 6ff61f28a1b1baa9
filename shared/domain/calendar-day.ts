const DAY_LENGTH = '2026-03-01'.length

/**
 * The epoch milliseconds of an instant or a day that begins with `2026-03-01`, in a form that the
 * caller has checked; null: there is no such day or time. `Date.parse` alone takes 30 February for
 * 2 March.
 */
export function parseCalendarTime(text: string): number | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) || !isCalendarDay(text.slice(0, DAY_LENGTH)) ? null : ms
}

/** Whether there is such a day: `2026-02-28`, and not `2026-02-30`. */
export function isCalendarDay(day: string): boolean {
  // What is rolled over is another day of the month; what cannot be read is none.
  return new Date(Date.parse(day)).getUTCDate() === Number(day.slice(-2))
}
