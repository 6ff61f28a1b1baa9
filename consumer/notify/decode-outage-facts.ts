import { isFailure } from '#shared/domain/failure.ts'
import { type Outcome, outcomes } from '#shared/domain/result.ts'
import { EVIDENCE_MAX, type EvidenceLine, type OutageFacts } from './outage-facts.ts'

/** The end of year 9999: beyond it a date has no four-digit year, and no row of ours. */
const LAST_INSTANT_MS = 253_402_300_799_999

/**
 * Facts as they were stored, or why they cannot be read. Checked field by field: the row may have
 * been written by another version, or by hand, and an email must not be made of guesses.
 */
export function decodeOutageFacts(
  stored: Readonly<Record<string, unknown>>,
): OutageFacts | { readonly unreadable: string } {
  try {
    return readFacts(stored)
  } catch (error) {
    if (error instanceof UnreadableField) return { unreadable: error.message }
    throw error
  }
}

class UnreadableField extends Error {}

type Fields = Readonly<Record<string, unknown>>

function readFacts(fields: Fields): OutageFacts {
  return {
    siteName: text(fields, 'siteName'),
    siteUrl: text(fields, 'siteUrl'),
    startedAtMs: instant(fields, 'startedAtMs'),
    detectedAtMs: instant(fields, 'detectedAtMs'),
    endedAtMs: optional(instant)(fields, 'endedAtMs'),
    failure: failure(fields, 'failure'),
    message: optional(text)(fields, 'message'),
    upSinceMs: optional(instant)(fields, 'upSinceMs'),
    evidence: evidence(fields, 'evidence'),
  }
}

function readEvidenceLine(fields: Fields): EvidenceLine {
  return {
    slotMs: instant(fields, 'slotMs'),
    result: outcome(fields, 'result'),
    failure: optional(failure)(fields, 'failure'),
    message: optional(text)(fields, 'message'),
    statusCode: optional(number)(fields, 'statusCode'),
    latencyMs: optional(number)(fields, 'latencyMs'),
  }
}

type Read<T> = (fields: Fields, name: string) => T

function field<T>(accepts: (value: unknown) => value is T, what: string): Read<T> {
  return (fields, name) => {
    const value = fields[name]
    if (accepts(value)) return value
    throw new UnreadableField(`${name} is not ${what}`)
  }
}

function optional<T>(read: Read<T>): Read<T | null> {
  return (fields, name) => (fields[name] === null ? null : read(fields, name))
}

const text = field((value) => typeof value === 'string', 'a text')
const number = field(isFiniteNumber, 'a number')
const instant = field(
  (value): value is number => isFiniteNumber(value) && value >= 0 && value <= LAST_INSTANT_MS,
  'an instant',
)
const failure = field(isFailure, 'a kind of failure')
const outcome = field(
  (value): value is Outcome => outcomes.some((candidate) => candidate === value),
  'an outcome',
)
const lines = field(
  (value): value is Fields[] => Array.isArray(value) && value.every(isFields),
  'a list of checks',
)
const evidence: Read<readonly EvidenceLine[]> = (fields, name) =>
  lines(fields, name).slice(0, EVIDENCE_MAX).map(readEvidenceLine)

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
