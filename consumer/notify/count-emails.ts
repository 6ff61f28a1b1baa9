import { notificationKinds } from '#db/notifications.ts'
import type { Metrics } from '#shared/runtime/metrics.ts'
import type { DeliveryWatcher } from './notifier.ts'

const SEND_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const outcomes = ['sent', 'retry', 'failed'] as const

/** Counts emails by what they tell and what came of them. */
export function countEmails(metrics: Metrics): DeliveryWatcher {
  const emails = metrics.counter({
    name: 'uptick_emails_total',
    help: 'Emails by kind and outcome: sent, put off to be tried again, or given up.',
    labels: ['kind', 'outcome'],
    known: notificationKinds.flatMap((kind) => outcomes.map((outcome) => ({ kind, outcome }))),
  })
  const attempts = metrics.histogram({
    name: 'uptick_email_attempt_seconds',
    help: 'How long an attempt to hand an email to the mail server took, whatever came of it.',
    buckets: SEND_BUCKETS,
  })
  return {
    onAttempt: (tookMs) => attempts.observe(tookMs / 1_000),
    onDelivery: (kind, outcome) => emails.add(1, { kind, outcome }),
  }
}
