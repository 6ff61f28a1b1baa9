import type { Circumstance, Email, OutageFound } from '#db/outage-story.ts'
import type { RuleInForce } from '#db/rule-history.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import {
  type Health,
  nextHealth,
  type Thresholds,
  type Transition,
  unknownHealth,
} from '#shared/domain/health.ts'
import { checkId } from '#shared/domain/identity.ts'
import type { CheckResult } from '#shared/domain/result.ts'

/** All that is known of an outage: what `uptick explain` tells. */
export type Story = {
  readonly outage: OutageFound
  /** What its site was to be judged by when it was opened; null: that is not kept. */
  readonly rule: RuleInForce | null
  /** The last check before it began, if it is kept. */
  readonly before: CheckResult | null
  /** From its first failed check to the one that opened it; empty where they are not kept any more. */
  readonly opening: readonly Step[]
  /** From the first good check to the one that closed it; of an open outage its latest checks. */
  readonly closing: readonly Step[]
  readonly circumstances: readonly Circumstance[]
  readonly emails: readonly Email[]
  readonly nowMs: number
}

/** A check, and what it moved. */
export type Step = {
  readonly result: CheckResult
  readonly jobId: string
  readonly transition: Transition
  /** Results in a row against the status, this one among them; 0: it speaks for it, or does not count. */
  readonly streak: number
  /** How many it takes. */
  readonly needed: number
}

/** Takes checks through the state machine of the consumer, one by one, oldest first. Pure. */
export function stepsOf(
  results: readonly CheckResult[],
  from: Health['status'],
  thresholds: Thresholds,
): readonly Step[] {
  let health: Health = { ...unknownHealth, status: from }
  return results.map((result) => {
    const next = nextHealth(health, result, thresholds)
    const counts = result.result !== 'inconclusive' && result.result !== health.status
    const streak = counts ? health.streak + 1 : 0
    health = next.health
    return {
      result,
      jobId: checkId(result.siteId, result.slotMs),
      transition: next.transition,
      streak: next.transition === 'came_up' ? 0 : streak,
      needed: result.result === 'up' ? thresholds.recovery : thresholds.failure,
    }
  })
}

/** Who was told, and if nobody, why. One sentence. Pure. */
export function tellingText({ outage, emails, circumstances }: Story): string {
  const first = emails.find(({ kind }) => kind === 'outage' || kind === 'flapping')
  if (outage.heldBy === null) {
    return first === undefined
      ? 'nothing held it back, and no email about it is on record'
      : `told: ${afterDetection(first.queuedAtMs - outage.detectedAtMs)}`
  }
  if (outage.heldBy === 'flapping') {
    return first === undefined
      ? 'held: the site went up and down so often that single outages were not told of'
      : 'told as one of many: from this outage on, single ones were not told of until the site was calm'
  }
  const because = circumstances.flatMap((circumstance) => reasonIn(circumstance, outage.heldBy))
  const reasons = because.length === 0 ? '' : `: ${because.join('; ')}`
  return `held, by ${outage.heldBy === 'maintenance' ? 'planned work' : 'what it depends on'}${reasons}`
}

function afterDetection(ms: number): string {
  if (ms < 1_000) return 'an email was queued at once'
  return `an email was queued ${humanDuration(ms)} after the check that decided it`
}

function reasonIn(circumstance: Circumstance, heldBy: OutageFound['heldBy']): readonly string[] {
  if (circumstance.kind === 'maintenance') {
    return heldBy === 'maintenance' ? [JSON.stringify(circumstance.title)] : []
  }
  const { siteId, name, isDown } = circumstance
  if (heldBy !== 'dependency') return []
  return [`${JSON.stringify(name)} (site ${siteId})${isDown ? ' was down' : ''}`]
}
