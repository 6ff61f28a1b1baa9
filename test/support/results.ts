import { encodeResult, resultKey } from '#shared/contracts/result-record.ts'
import type { CheckResult, Outcome } from '#shared/domain/result.ts'
import type { ReceivedRecord } from '#shared/runtime/stream.ts'

/** Slot 0 of all tests; slot n is n minutes later. Far enough back that none of them is in the future. */
const beginMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000
export const slotMs = (slot: number) => beginMs + slot * 60_000
export const slotOf = (at: Date | number | null) =>
  at === null ? null : (new Date(at).getTime() - beginMs) / 60_000

export function resultAt(slot: number, result: Outcome, siteId = 1): CheckResult {
  return {
    siteId,
    slotMs: slotMs(slot),
    occasion: 'slot',
    checkedAtMs: slotMs(slot) + 250,
    result,
    failure: result === 'down' ? 'status' : null,
    message: result === 'up' ? null : `seen at ${slot}`,
    statusCode: result === 'down' ? 503 : 200,
    latencyMs: 12.5,
    dnsMs: null,
    connectMs: 0.5,
    tlsMs: null,
    ttfbMs: 11,
    hops: [],
    remoteAddress: null,
    httpVersion: null,
    responseBytes: 64,
    extractedValue: null,
    slaMet: null,
    certExpiresAtMs: null,
    certificate: null,
    excerpt: null,
    worker: 'test',
  }
}

export const record = (result: CheckResult, offset: number | null = null): ReceivedRecord => ({
  topic: 'statuses',
  partition: 0,
  offset: offset === null ? null : String(offset),
  key: resultKey(result),
  value: Buffer.from(encodeResult(result)),
})

/** `'ufu?'`: up, down, up, inconclusive at slots 0 to 3 of site 1. */
export const history = (text: string) =>
  [...text].map((letter, slot) =>
    resultAt(slot, ({ u: 'up', f: 'down' }[letter] as Outcome) ?? 'inconclusive'),
  )
