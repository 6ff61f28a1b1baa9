import type { Check, Expectation, Target } from '#shared/domain/check.ts'

/**
 * What the scheduler puts on the queue `check`, version 1:
 * `{v, site_id, slot, cadence_s, target: {...}, expectation: {...}}`, slot in epoch milliseconds.
 * The job carries all that a worker needs, so that a worker has no right to read the configuration.
 */
type CheckJobV1 = {
  readonly v: 1
  readonly site_id: number
  readonly slot: number
  readonly cadence_s: number
  readonly target: Target
  readonly expectation: Expectation
}

export function encodeCheckJob(check: Check): CheckJobV1 {
  return {
    v: 1,
    site_id: check.siteId,
    slot: check.slotMs,
    cadence_s: check.cadenceSeconds,
    target: check.target,
    expectation: check.expectation,
  }
}

/** The check, or why the job cannot be read (a job of another version, in a rolling upgrade). */
export function decodeCheckJob(data: unknown): Check | { readonly unreadable: string } {
  if (!isCheckJobV1(data)) return { unreadable: 'not a check job of version 1' }
  return {
    siteId: data.site_id,
    slotMs: data.slot,
    cadenceSeconds: data.cadence_s,
    target: data.target,
    expectation: data.expectation,
  }
}

/** The scheduler is ours and the table is not public: the shape is checked, not each field. */
function isCheckJobV1(data: unknown): data is CheckJobV1 {
  if (typeof data !== 'object' || data === null) return false
  const job: Partial<Record<keyof CheckJobV1, unknown>> = data
  const isNumbered = [job.site_id, job.slot, job.cadence_s].every((field) =>
    Number.isSafeInteger(field),
  )
  const isWhole = [job.target, job.expectation].every(
    (field) => typeof field === 'object' && field !== null,
  )
  return job.v === 1 && isNumbered && isWhole
}
