import { resultKey, resultRecord } from '#shared/contracts/result-record.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import { type Step, type Story, tellingText } from './story.ts'

/**
 * The record that opened the outage, as it was published, as far as its row keeps it: the certificate is
 * not kept, and how the answer began is kept with the outage. Null: the row is not kept any more. Pure.
 */
export function openingRecord({ outage, opening }: Story) {
  const proof = opening.find(({ result }) => result.slotMs === outage.openedSlotMs)?.result
  if (proof === undefined) return null
  return {
    topic: outage.openedBy?.topic ?? null,
    partition: outage.openedBy?.partition ?? null,
    offset: outage.openedBy?.offset ?? null,
    key: resultKey(proof),
    value: resultRecord({ ...proof, excerpt: outage.excerpt }),
  }
}

/** What `uptick explain --json` prints. Described in docs/cli.md. Pure. */
export function storyJson(story: Story): object {
  const { outage, rule, before, opening, closing, circumstances, emails } = story
  return {
    outage: {
      outage_id: outage.id,
      site_id: outage.siteId,
      site_name: outage.siteName,
      url: outage.siteUrl,
      started_at: instant(outage.startedAtMs),
      opened_slot: instant(outage.openedSlotMs),
      detected_at: instant(outage.detectedAtMs),
      ended_at: instant(outage.endedAtMs),
      closed_slot: instant(outage.closedSlotMs),
      duration_s: ((outage.endedAtMs ?? story.nowMs) - outage.startedAtMs) / 1_000,
      failure: outage.failure,
      message: outage.message,
      status_code: outage.statusCode,
      remote_address: outage.remoteAddress,
      excerpt: outage.excerpt,
      up_since: instant(outage.upSinceMs),
      held_by: outage.heldBy,
    },
    rule: rule && {
      from: instant(rule.fromMs),
      to: instant(rule.toMs),
      cadence_s: rule.cadenceSeconds,
      failure_threshold: rule.failureThreshold,
      recovery_threshold: rule.recoveryThreshold,
      config: rule.config,
    },
    before: before && checkJson(before),
    opening: opening.map(stepJson),
    record: openingRecord(story),
    telling: tellingText(story),
    circumstances: circumstances.map((one) =>
      one.kind === 'maintenance'
        ? one
        : { kind: one.kind, site_id: one.siteId, name: one.name, is_down: one.isDown },
    ),
    emails: emails.map((email) => ({
      notification_id: email.id,
      kind: email.kind,
      recipient: email.recipient,
      queued_at: instant(email.queuedAtMs),
      sent_at: instant(email.sentAtMs),
      failed_at: instant(email.failedAtMs),
      attempts: email.attempts,
      last_error: email.lastError,
      message_id: email.messageId,
    })),
    closing: closing.map(stepJson),
  }
}

function stepJson({ result, jobId, transition, streak, needed }: Step) {
  return { job_id: jobId, transition, streak, needed, ...checkJson(result) }
}

function checkJson(result: CheckResult) {
  const { v, cert_expires_at, ...kept } = resultRecord(result)
  return { ...kept, occasion: result.occasion }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
