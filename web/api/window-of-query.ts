import type { TimeWindow } from '#db/time-window.ts'
import { type Answer, problem } from './answer.ts'
import { instant } from './parameter.ts'

const DAY_MS = 86_400_000
const DEFAULT_MS = 30 * DAY_MS
/** A year, and what one needs to compare with it. */
const WINDOW_MS_MAX = 400 * DAY_MS

/** Of a report: from an instant on, before another. */
export const windowParameters = {
  from: instant('From here on; 30 days before `to` by default.'),
  to: instant('Before here; now by default. At most 400 days after `from`.'),
}

type Given = { readonly from: number | null; readonly to: number | null }

export type WindowRead =
  | { readonly outcome: 'read'; readonly window: TimeWindow }
  | { readonly outcome: 'refused'; readonly answer: Answer }

/** The window that a report is about. */
export function readWindow({ from, to }: Given, nowMs: number): WindowRead {
  const toMs = to ?? nowMs
  const fromMs = from ?? toMs - DEFAULT_MS
  if (fromMs >= toMs) return refuse('from', 'must be before to')
  if (toMs - fromMs > WINDOW_MS_MAX) return refuse('from', 'must be at most 400 days before to')
  return { outcome: 'read', window: { fromMs, toMs } }
}

function refuse(field: string, reason: string): WindowRead {
  const errors = [{ field, reason }]
  return { outcome: 'refused', answer: problem('bad-query', 'the query has mistakes', { errors }) }
}
