import type { Db } from '#db/connect.ts'
import {
  circumstancesAt,
  emailsAbout,
  type OutageFound,
  resultsBefore,
  resultsBetween,
} from '#db/outage-story.ts'
import { type RuleInForce, ruleInForceAt } from '#db/rule-history.ts'
import type { Thresholds } from '#shared/domain/health.ts'
import { type Step, type Story, stepsOf } from './story.ts'

/** Thresholds are 10 at the most; what is more than that was inconclusive. */
const CHECKS_MAX = 200
const LATEST_CHECKS = 10
/** A check before an outage is looked for this far back. */
const BEFORE_MS = 2 * 24 * 3_600_000

/** Everything that the database knows about an outage. */
export async function gatherStory(db: Db, outage: OutageFound, nowMs: number): Promise<Story> {
  const { siteId, startedAtMs, openedSlotMs, detectedAtMs } = outage
  const rule = await ruleInForceAt(db, siteId, detectedAtMs)
  const thresholds = thresholdsOf(rule)
  const [before = null] = await resultsBefore(db, siteId, startedAtMs - BEFORE_MS, startedAtMs, 1)
  const opening = await resultsBetween(db, siteId, startedAtMs, openedSlotMs, CHECKS_MAX)
  const statusBefore = outage.upSinceMs === null && before?.result !== 'up' ? 'unknown' : 'up'
  return {
    outage,
    rule,
    before,
    opening: stepsOf(opening, statusBefore, thresholds),
    closing: await closingSteps(db, outage, thresholds, nowMs),
    circumstances: await circumstancesAt(db, siteId, detectedAtMs),
    emails: await emailsAbout(db, outage.id),
    nowMs,
  }
}

async function closingSteps(
  db: Db,
  outage: OutageFound,
  thresholds: Thresholds,
  nowMs: number,
): Promise<readonly Step[]> {
  const { siteId, openedSlotMs, endedAtMs, closedSlotMs } = outage
  if (endedAtMs !== null && closedSlotMs !== null) {
    const closing = await resultsBetween(db, siteId, endedAtMs, closedSlotMs, CHECKS_MAX)
    return stepsOf(closing, 'down', await thresholdsAt(db, siteId, closedSlotMs, thresholds))
  }
  const latest = await resultsBefore(db, siteId, openedSlotMs + 1, nowMs, LATEST_CHECKS)
  return stepsOf(latest, 'down', await thresholdsAt(db, siteId, nowMs, thresholds))
}

/** The rule may have been changed while the outage lasted. */
async function thresholdsAt(
  db: Db,
  siteId: number,
  atMs: number,
  otherwise: Thresholds,
): Promise<Thresholds> {
  const rule = await ruleInForceAt(db, siteId, atMs)
  return rule === null ? otherwise : thresholdsOf(rule)
}

/** What a site has that says nothing of it, where its rule is not kept. */
const usualThresholds: Thresholds = { failure: 2, recovery: 2 }

function thresholdsOf(rule: RuleInForce | null): Thresholds {
  if (rule === null) return usualThresholds
  return { failure: rule.failureThreshold, recovery: rule.recoveryThreshold }
}
