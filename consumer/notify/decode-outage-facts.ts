import { isFailure } from '#shared/domain/failure.ts'
import { type Outcome, outcomes } from '#shared/domain/result.ts'
import {
  EVIDENCE_MAX,
  type EvidenceLine,
  type OutageFacts,
  type Restlessness,
} from './outage-facts.ts'
import {
  added,
  type Fields,
  field,
  instant,
  isFields,
  listOf,
  number,
  optional,
  readStored,
  text,
} from './stored-fields.ts'

/**
 * Facts as they were stored, or why they cannot be read. Checked field by field: the row may have
 * been written by another version, or by hand, and an email must not be made of guesses.
 */
export function decodeOutageFacts(
  stored: Readonly<Record<string, unknown>>,
): OutageFacts | { readonly unreadable: string } {
  return readStored(stored, readFacts)
}

function readFacts(fields: Fields): OutageFacts {
  return {
    siteName: text(fields, 'siteName'),
    siteUrl: text(fields, 'siteUrl'),
    startedAtMs: instant(fields, 'startedAtMs'),
    detectedAtMs: instant(fields, 'detectedAtMs'),
    endedAtMs: optional(instant)(fields, 'endedAtMs'),
    failure: failure(fields, 'failure'),
    message: optional(text)(fields, 'message'),
    statusCode: added(number)(fields, 'statusCode'),
    remoteAddress: added(text)(fields, 'remoteAddress'),
    excerpt: added(text)(fields, 'excerpt'),
    upSinceMs: optional(instant)(fields, 'upSinceMs'),
    restlessness: added(restlessness)(fields, 'restlessness'),
    evidence: checks(fields, 'evidence').slice(0, EVIDENCE_MAX).map(readEvidenceLine),
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
    worker: added(text)(fields, 'worker'),
  }
}

function restlessness(fields: Fields, name: string): Restlessness {
  const inner = object(fields, name)
  return {
    outagesMax: number(inner, 'outagesMax'),
    windowMs: number(inner, 'windowMs'),
    calmMs: number(inner, 'calmMs'),
  }
}

const object = field(isFields, 'an object')
const checks = listOf('checks')
const failure = field(isFailure, 'a kind of failure')
const outcome = field(
  (value): value is Outcome => outcomes.some((candidate) => candidate === value),
  'an outcome',
)
