import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  occasions,
  type Target,
} from '#shared/domain/check.ts'

/**
 * What the scheduler puts on the queue `check`, version 1:
 * `{v, site_id, slot, cadence_s, occasion?, avoid_worker?, target: {url, ...}, expectation: {...}}`,
 * slot in epoch milliseconds. The job carries all that a worker needs, so that a worker has no right
 * to read the configuration. What is as usual is left out: most jobs are a URL and little else.
 */
type CheckJobV1 = {
  readonly v: 1
  readonly site_id: number
  readonly slot: number
  readonly cadence_s: number
  /** Left out: `slot`. */
  readonly occasion?: Check['occasion']
  readonly avoid_worker?: string
  readonly target: Pick<Target, 'url'> & Partial<Target>
  readonly expectation: Partial<Expectation>
}

export function encodeCheckJob(check: Check): CheckJobV1 {
  const { siteId, slotMs, cadenceSeconds, occasion, avoidWorker, target, expectation } = check
  return {
    v: 1,
    site_id: siteId,
    slot: slotMs,
    cadence_s: cadenceSeconds,
    ...(occasion === 'slot' ? {} : { occasion }),
    ...(avoidWorker === null ? {} : { avoid_worker: avoidWorker }),
    target: { url: target.url, ...unusual(target, defaultTarget) },
    expectation: unusual(expectation, defaultExpectation),
  }
}

/** The check, or why the job cannot be read (a job of another version, in a rolling upgrade). */
export function decodeCheckJob(data: unknown): Check | { readonly unreadable: string } {
  if (!isCheckJobV1(data)) return { unreadable: 'not a check job of version 1' }
  return {
    siteId: data.site_id,
    slotMs: data.slot,
    cadenceSeconds: data.cadence_s,
    occasion: occasions.find((one) => one === data.occasion) ?? 'slot',
    avoidWorker: data.avoid_worker ?? null,
    target: { ...defaultTarget, ...data.target },
    expectation: { ...defaultExpectation, ...data.expectation },
  }
}

/** The fields that are not as usual. An empty object is as usual as another one. */
function unusual<T extends object>(values: T, usual: Partial<T>): Partial<T> {
  const told: Partial<T> = {}
  for (const name of Object.keys(usual) as (keyof T)[]) {
    const value = values[name]
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
    if (value !== usual[name] && !isEmpty) told[name] = value
  }
  return told
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
