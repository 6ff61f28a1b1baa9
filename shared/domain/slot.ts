/**
 * Slots are arithmetic, not state: a site's slots are `phase + k * seconds` since the epoch, and
 * the phase follows from its id alone. The same formula is `site_phase()` in SQL; a test holds the
 * two together.
 */

/** 2^32 divided by the golden ratio: consecutive ids land as far from one another as they can. */
const GOLDEN_STEP = 2_654_435_769n

/** Which second of its cadence a site is due at: 0 to `seconds - 1`, evenly spread over ids. */
export function sitePhaseSeconds(siteId: number, seconds: number): number {
  const hash = ((BigInt(siteId) % 2_147_483_648n) * GOLDEN_STEP) & 0xffff_ffffn
  return Number((hash * BigInt(seconds)) >> 32n)
}

/** The newest slot of a site at or before an instant. */
export function newestSlotMs(siteId: number, seconds: number, nowMs: number): number {
  const phase = sitePhaseSeconds(siteId, seconds)
  const now = Math.floor(nowMs / 1000)
  return (now - ((((now - phase) % seconds) + seconds) % seconds)) * 1000
}

/** Every slot of a site in `(fromMs, toMs]`, oldest first: what honest coverage is measured against. */
export function slotsBetween(
  siteId: number,
  seconds: number,
  fromMs: number,
  toMs: number,
): number[] {
  const slots: number[] = []
  for (let slot = newestSlotMs(siteId, seconds, toMs); slot > fromMs; slot -= seconds * 1000) {
    slots.push(slot)
  }
  return slots.reverse()
}

/** A half-open range of `site_hash`, and with it of phases: what the index `site_config_due` is asked for. */
export type HashRange = { readonly low: number; readonly high: number }

/**
 * Which hashes have a slot in `(fromSeconds, toSeconds]`, for one cadence: nothing, one range, or two
 * where the window crosses the end of the cadence. A window of a whole cadence or more is everybody.
 */
export function dueHashRanges(
  seconds: number,
  fromSeconds: number,
  toSeconds: number,
): HashRange[] {
  if (toSeconds <= fromSeconds) return []
  if (toSeconds - fromSeconds >= seconds) return [hashRange(seconds, 0, seconds - 1)]
  const first = (fromSeconds + 1) % seconds
  const last = toSeconds % seconds
  if (first <= last) return [hashRange(seconds, first, last)]
  return [hashRange(seconds, first, seconds - 1), hashRange(seconds, 0, last)]
}

/** Every hash whose phase is from `firstPhase` to `lastPhase`: below 2^45 throughout, so exact as a number. */
function hashRange(seconds: number, firstPhase: number, lastPhase: number): HashRange {
  const bound = (phase: number) => Math.ceil((phase * 2 ** 32) / seconds)
  return { low: bound(firstPhase), high: bound(lastPhase + 1) }
}
