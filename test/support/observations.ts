import type { CheckKind, Expectation } from '../../shared/domain/check.ts'
import { defaultExpectation } from '../../shared/domain/check.ts'
import { compileExpectation } from '../../worker/probe/compiled-expectation.ts'
import type { Answered, Failed, Traced } from '../../worker/probe/prober.ts'

export const NOW_MS = Date.UTC(2026, 0, 1)
export const DAY_MS = 86_400_000

/** The way to an answer in 11 ms, with a certificate for another five days and a half. */
export const traced: Traced = {
  phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, totalMs: 11 },
  hops: [],
  statusCode: 200,
  httpVersion: '1.1',
  remoteAddress: '127.0.0.1',
  certExpiresAtMs: NOW_MS + 5.5 * DAY_MS,
  certificate: {
    subject: 'example.org',
    issuer: 'Some CA',
    fingerprint: 'AA:BB',
    expiresAtMs: NOW_MS + 5.5 * DAY_MS,
    chainError: null,
  },
}

/** A good answer whose five bytes nobody read. */
export const answer: Answered = {
  ...traced,
  outcome: 'answered',
  headers: {},
  body: { kind: 'unread' },
  responseBytes: 5,
  beginning: '',
}

/** An answer whose body was read. */
export function answerWith(text: string, kind: 'whole' | 'beginning' = 'whole'): Answered {
  const responseBytes = Buffer.byteLength(text)
  return { ...answer, body: { kind, text }, responseBytes, beginning: text.slice(0, 1_024) }
}

/** A probe that connected and was reset. */
export const failed: Failed & Traced = {
  ...traced,
  outcome: 'failed',
  failure: 'reset',
  message: 'it was reset',
  statusCode: null,
}

/** Compiles an expectation that must be good. */
export function compiled(more: Partial<Expectation>, kind: CheckKind = 'http') {
  const expectation = compileExpectation({ ...defaultExpectation, ...more }, kind)
  if (!expectation.ok) throw new Error(expectation.reason)
  return expectation
}
