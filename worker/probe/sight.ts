import type { Reading, Subject } from '#shared/domain/condition.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { isLongNumber } from '#shared/domain/exact-json.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { cut, quote } from './clean-text.ts'
import { type Evidence, problem, type Unseen } from './evidence.ts'
import type { Answered, Observation, ResponseHeaders } from './prober.ts'

/** What a subject of a condition turned out to be. */
export type Sight =
  | {
      readonly outcome: 'seen'
      /** As JSON would hold it: durations are numbers of milliseconds. */
      readonly json: unknown
      /** `beginning`: of a body that goes on beyond its cap. */
      readonly extent: 'whole' | 'beginning'
    }
  /** There was an answer, but not this in it. */
  | { readonly outcome: 'nothing'; readonly message: string }
  | Unseen

type Seen = Extract<Sight, { outcome: 'seen' }>

const NOT_REACHED = { outcome: 'not_reached' } as const

export function lookAt(subject: Subject, evidence: Evidence): Sight {
  switch (subject.kind) {
    case 'presence':
      return presenceOf(subject.of, evidence)
    case 'length':
      return lengthOf(subject.of, evidence)
    case 'body':
      return bodyAt(subject, evidence)
    default:
      return observed(subject, evidence)
  }
}

/** What a site is down by when a rule on this is not met. */
export function failureBy(subject: Subject): Failure {
  switch (subject.kind) {
    case 'presence':
    case 'length':
      return failureBy(subject.of)
    case 'status':
      return 'status'
    case 'response_time':
      return 'timeout'
    case 'certificate_expiration':
      return 'tls_cert'
    // The name led elsewhere than it should.
    case 'ip':
    case 'dns_rcode':
      return 'dns'
    case 'connected':
      return 'unreachable'
    default:
      return 'body'
  }
}

/** What was seen, in words: `503`, `812 ms`, `"DEGRADED"`. */
export function told(subject: Subject, { json }: Seen): string {
  if (typeof json === 'string') return quote(json)
  if (typeof json !== 'number') return cut(toldJson(json))
  switch (subject.kind) {
    case 'response_time':
      return `${json} ms`
    case 'certificate_expiration':
      return json < 0 ? `expired since ${humanDuration(-json)}` : humanDuration(json)
    case 'body_size':
      return `${json} bytes`
    default:
      return String(json)
  }
}

function toldJson(json: unknown): string {
  try {
    return JSON.stringify(json)
  } catch (error) {
    // JSON is read without a stack but written with one.
    if (!(error instanceof RangeError)) throw error
    return 'nested too deeply to be told as text'
  }
}

function seen(json: unknown): Seen {
  return { outcome: 'seen', json, extent: 'whole' }
}

/** All but the body. */
function observed(
  reading: Exclude<Reading, { kind: 'body' }>,
  { observation, nowMs }: Evidence,
): Sight {
  switch (reading.kind) {
    case 'status':
      return known(observation, observation.statusCode, 'there is no status')
    case 'ip':
      return known(observation, observation.remoteAddress, 'the address is not known')
    case 'dns_rcode':
      return known(observation, observation.rcode, 'no name server was asked')
    case 'certificate_expiration': {
      const expiresAtMs = observation.certExpiresAtMs ?? null
      const leftMs = expiresAtMs === null ? null : expiresAtMs - nowMs
      return known(observation, leftMs, 'no certificate was shown')
    }
    case 'connected':
      return connection(observation)
    case 'response_time':
      if (observation.outcome !== 'answered') return NOT_REACHED
      return known(observation, observation.phases.totalMs, 'nobody knows how long it took')
    case 'body_size':
      return ofAnswer(observation, ({ responseBytes }) => seen(responseBytes))
    case 'header':
      return ofAnswer(observation, ({ headers }) => headerIn(headers, reading.name))
  }
}

function known(observation: Observation, value: unknown, message: string): Sight {
  if (value !== null && value !== undefined) return seen(value)
  return observation.outcome === 'answered' ? { outcome: 'nothing', message } : NOT_REACHED
}

function connection(observation: Observation): Sight {
  if (observation.outcome === 'answered') return seen(true)
  return observation.phases === undefined
    ? NOT_REACHED
    : seen(observation.phases.connectMs !== null)
}

function ofAnswer(observation: Observation, look: (answer: Answered) => Sight): Sight {
  return observation.outcome === 'answered' ? look(observation) : NOT_REACHED
}

/** Values that are repeated make one text, as HTTP reads them. */
function headerIn(headers: ResponseHeaders, name: string): Sight {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (value === undefined) return { outcome: 'nothing', message: `there is no header ${name}` }
  return seen([value].flat().join(', '))
}

function bodyAt(
  { path, text: name }: Extract<Reading, { kind: 'body' }>,
  evidence: Evidence,
): Sight {
  if (path === null) {
    const body = evidence.text()
    if (body.outcome !== 'seen') return body
    return { outcome: 'seen', json: body.text.trim(), extent: body.extent }
  }
  const document = evidence.document()
  if (document.outcome !== 'seen') return document
  const found = path.extract(document.json)
  return found.found ? seen(found.value) : { outcome: 'nothing', message: `there is no ${name}` }
}

/** Null is nothing, and so is a body without a text; an empty list or text in JSON is something. */
function presenceOf(reading: Reading, evidence: Evidence): Sight {
  const sight = lookAt(reading, evidence)
  if (sight.outcome === 'nothing') return seen(false)
  if (sight.outcome !== 'seen') return sight
  const isEmptyBody = reading.kind === 'body' && reading.path === null && sight.json === ''
  return seen(sight.json !== null && !isEmptyBody)
}

/** Members of a list, names of an object, and of all else the characters of its text. */
function lengthOf(reading: Reading, evidence: Evidence): Sight {
  const sight = lookAt(reading, evidence)
  if (sight.outcome !== 'seen') return sight
  if (sight.extent === 'beginning') {
    return problem('too_large', 'the body is larger than 1 MiB, too large to be counted')
  }
  const isBody = reading.kind === 'body' && reading.path === null
  const json = isBody ? (listIn(evidence) ?? sight.json) : sight.json
  if (json === null) return { outcome: 'nothing', message: `${reading.text} is null` }
  return seen(countOf(json))
}

function listIn(evidence: Evidence): object | null {
  const document = evidence.document()
  const json = document.outcome === 'seen' ? document.json : null
  return typeof json === 'object' && !isLongNumber(json) ? json : null
}

function countOf(json: unknown): number {
  if (Array.isArray(json)) return json.length
  if (typeof json === 'object' && json !== null && !isLongNumber(json)) {
    return Object.keys(json).length
  }
  let count = 0
  for (const _ of typeof json === 'string' ? json : JSON.stringify(json)) count++
  return count
}
