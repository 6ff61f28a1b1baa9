import type { CheckResult, Hop } from '#shared/domain/result.ts'
import { isoTime } from './operation.ts'

/** A result as the API tells it: as its row has it. */
export function resultJson(result: CheckResult): object {
  return {
    slot: isoTime(result.slotMs),
    checked_at: isoTime(result.checkedAtMs),
    occasion: result.occasion,
    result: result.result,
    failure: result.failure,
    message: result.message,
    status_code: result.statusCode,
    latency_ms: result.latencyMs,
    dns_ms: result.dnsMs,
    connect_ms: result.connectMs,
    tls_ms: result.tlsMs,
    ttfb_ms: result.ttfbMs,
    remote_address: result.remoteAddress,
    http_version: result.httpVersion,
    response_bytes: result.responseBytes,
    extracted_value: result.extractedValue,
    sla_met: result.slaMet,
    worker: result.worker,
    hops: result.hops.map(hopJson),
  }
}

function hopJson(hop: Hop): object {
  return {
    dns_ms: hop.dnsMs,
    connect_ms: hop.connectMs,
    tls_ms: hop.tlsMs,
    ttfb_ms: hop.ttfbMs,
    total_ms: hop.totalMs,
    status_code: hop.statusCode,
    remote_address: hop.remoteAddress,
  }
}
