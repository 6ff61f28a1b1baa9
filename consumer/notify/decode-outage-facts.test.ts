import { describe, expect, test } from 'vitest'
import { decodeOutageFacts } from './decode-outage-facts.ts'
import { EVIDENCE_MAX, type OutageFacts } from './outage-facts.ts'

const line = {
  slotMs: 1_000,
  result: 'down',
  failure: 'status',
  message: 'status 503',
  statusCode: 503,
  latencyMs: 12.5,
  worker: 'w1',
} as const
const facts: OutageFacts = {
  siteName: 'Shop',
  siteUrl: 'https://shop.example/',
  startedAtMs: 1_000,
  detectedAtMs: 61_000,
  endedAtMs: null,
  failure: 'status',
  message: null,
  upSinceMs: null,
  statusCode: null,
  remoteAddress: null,
  excerpt: null,
  restlessness: null,
  evidence: [line, { ...line, result: 'up', failure: null, message: null, statusCode: null }],
}

describe('stored facts', () => {
  test('come back as they were', () => {
    expect(decodeOutageFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts)
  })

  test('with more evidence than there may be lose the rest', () => {
    const many = { ...facts, evidence: Array.from({ length: 50 }, () => line) }
    expect(decodeOutageFacts(many)).toMatchObject({
      evidence: Array.from({ length: EVIDENCE_MAX }, () => line),
    })
  })

  test.each([
    ['that are empty', {}, 'siteName is not a text'],
    ['whose name is a number', { ...facts, siteName: 5 }, 'siteName is not a text'],
    ['that lack a field', { ...facts, message: undefined }, 'message is not a text'],
    ['whose start is a text', { ...facts, startedAtMs: '1' }, 'startedAtMs is not an instant'],
    ['before all time', { ...facts, startedAtMs: -1 }, 'startedAtMs is not an instant'],
    ['after all time', { ...facts, detectedAtMs: 9e15 }, 'detectedAtMs is not an instant'],
    ['of an unknown failure', { ...facts, failure: 'gremlin' }, 'failure is not a kind of failure'],
    ['whose evidence is none', { ...facts, evidence: null }, 'evidence is not a list of checks'],
    ['whose evidence is a list of numbers', { ...facts, evidence: [1] }, 'not a list of checks'],
    [
      'whose evidence has an unknown outcome',
      { ...facts, evidence: [{ ...line, result: 'late' }] },
      'result is not an outcome',
    ],
    [
      'whose evidence has a status that is a text',
      { ...facts, evidence: [{ ...line, statusCode: '503' }] },
      'statusCode is not a number',
    ],
  ])('%s are unreadable', (_, stored, reason) => {
    expect(decodeOutageFacts(stored)).toEqual({ unreadable: expect.stringContaining(reason) })
  })
})
