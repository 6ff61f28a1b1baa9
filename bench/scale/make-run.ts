import type { SmtpSink } from '../../test/support/smtp-sink.ts'
import { type Bench, makeStep } from './make-steps.ts'
import { type Detections, readDetections } from './read-detections.ts'

/** Of the window: when sites begin to fail, and for how long at least. */
const FAIL_FROM = 0.3
const FAIL_FOR = 0.3
/** From the slot after which a failing site is an outage: its re-check, and what that takes. */
const RECHECK_MS = 20_000

/** The first failed slot may be a little older than the failure: its check came after it. */
const SLOT_BEFORE_MS = 30_000

/** A fleet of one size for minutes; in the middle of it some sites fail, and emails are waited for. */
export async function makeRun(
  bench: Bench,
  sink: Pick<SmtpSink, 'accepted'>,
): Promise<Detections | null> {
  const { options, target, system, say } = bench
  const windowMs = options.minutes * 60_000
  const failing = failingSites(options.sites)
  let failedAtMs: number | null = null
  await makeStep(bench, {
    sites: options.sites,
    first: 'at_once',
    onSample: (_, sinceMs) => {
      if (failedAtMs !== null || sinceMs < windowMs * FAIL_FROM) return
      failedAtMs = Date.now()
      const forMs = Math.max(windowMs * FAIL_FOR, options.cadenceSeconds * 1_000 + RECHECK_MS)
      say(`${failing.length} sites fail for ${Math.round(forMs / 1_000)} s`)
      void target.fail(failing, forMs).catch((error: unknown) => say(`they do not: ${error}`))
    },
  })
  if (failedAtMs === null) return null
  const window = { fromMs: failedAtMs - SLOT_BEFORE_MS, untilMs: Date.now() }
  return readDetections(system.db, window, failing, sink.accepted)
}

/** One in a hundred, 100 at most; not the first, which other probes are measured with. */
function failingSites(sites: number): readonly number[] {
  const count = Math.min(100, Math.max(1, Math.floor(sites / 100)))
  return Array.from({ length: count }, (_, index) => index + 2)
}
