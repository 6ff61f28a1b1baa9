import type { Log } from '#shared/runtime/log.ts'
import type { Recorded } from './record-batch.ts'

/** Facts into log lines: every failed check, every outage, every recovery, every record put aside. */
export function logRecorded(log: Log, recorded: Recorded): void {
  for (const result of recorded.stored) {
    if (result.result === 'up') continue
    const { siteId, failure, message } = result
    const text = result.result === 'down' ? 'check failed' : 'check inconclusive'
    log.warn({ site_id: siteId, slot: new Date(result.slotMs), failure, reason: message }, text)
  }
  for (const outage of recorded.opened) {
    log.warn(
      {
        site_id: outage.siteId,
        outage_id: outage.id,
        started_at: new Date(outage.startedAtMs),
        failure: outage.failure,
        ...(outage.heldBy === null ? {} : { not_told_because_of: outage.heldBy }),
      },
      'outage opened',
    )
  }
  for (const { state, outage } of recorded.recovered) {
    const downMs = (outage.endedAtMs ?? outage.startedAtMs) - outage.startedAtMs
    log.info(
      {
        site_id: state.siteId,
        site: state.name,
        outage_id: outage.id,
        down_s: Math.round(downMs / 1000),
      },
      'site recovered',
    )
  }
  for (const outage of recorded.retracted) {
    log.warn(
      { site_id: outage.siteId, outage_id: outage.id },
      'outage retracted after a late result',
    )
  }
  for (const [worker, { reason }] of recorded.doubts) log.warn({ worker }, reason)
  for (const letter of recorded.deadLetters) {
    const { topic, partition, offset, reason } = letter
    log.error({ topic, partition, offset, reason }, 'dead letter')
  }
}
