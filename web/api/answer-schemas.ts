import { fleetStates } from '#db/fleet.ts'
import { occasions } from '#shared/domain/check.ts'
import { failures } from '#shared/domain/failure.ts'
import { outcomes } from '#shared/domain/result.ts'
import type { JsonSchema } from './parameter.ts'
import { settingSchemas } from './site-schema.ts'

/** What answers are made of, by name: `components.schemas` of the OpenAPI document. */

const instant = { type: 'string', format: 'date-time' }
const orNull = (schema: JsonSchema, type: string) => ({ ...schema, type: [type, 'null'] })
const instantOrNull = orNull(instant, 'string')
const textOrNull = { type: ['string', 'null'] }
const numberOrNull = { type: ['number', 'null'] }
const seconds = { type: 'number', minimum: 0 }
const failureOrNull = { enum: [...failures, null] }
const phase = { ...numberOrNull, description: 'Milliseconds; null: not reached.' }

/** An object all of whose fields are there. */
function record(
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema {
  return { type: 'object', description, required: Object.keys(properties), properties }
}

const seen = {
  slot: { ...instant, description: 'When the check was due: with the site it names the result.' },
  checked_at: instant,
  result: { enum: outcomes },
  failure: { ...failureOrNull, description: 'Set exactly when the result is down.' },
  message: textOrNull,
  status_code: { type: ['integer', 'null'] },
  latency_ms: numberOrNull,
  remote_address: textOrNull,
  http_version: textOrNull,
}

const last = { ...seen, worker: textOrNull }

const certificate = {
  subject: textOrNull,
  issuer: textOrNull,
  fingerprint: { type: 'string' },
  expires_at: instantOrNull,
  problem: { ...textOrNull, description: 'Why it is not trusted; null: it is.' },
}

const toldOfSite = {
  id: { type: 'integer' },
  state: { enum: fleetStates, description: 'unknown: nothing was seen lately.' },
  state_since: { ...instantOrNull, description: 'Since when it is up or down.' },
  invalid_reason: { ...textOrNull, description: 'Why the scheduler cannot check it.' },
  created_at: instant,
  updated_at: { ...instant, description: 'When what is set was last changed.' },
  last: { oneOf: [record(last), { type: 'null' }] },
  certificate: { oneOf: [record(certificate), { type: 'null' }] },
  self: { type: 'string', format: 'uri-reference' },
}

const hop = record({
  dns_ms: phase,
  connect_ms: phase,
  tls_ms: phase,
  ttfb_ms: phase,
  total_ms: { type: 'number' },
  status_code: { type: ['integer', 'null'] },
  remote_address: textOrNull,
})

const result = record({
  ...seen,
  worker: { type: 'string' },
  occasion: { enum: occasions },
  dns_ms: phase,
  connect_ms: phase,
  tls_ms: phase,
  ttfb_ms: phase,
  response_bytes: { type: ['integer', 'null'] },
  extracted_value: textOrNull,
  sla_met: { type: ['boolean', 'null'] },
  hops: { type: 'array', items: hop, description: 'One for each request of a redirected probe.' },
})

const outage = {
  id: { type: 'string', format: 'uuid' },
  site_id: { type: 'integer' },
  site_name: { type: 'string' },
  site_url: { type: 'string' },
  started_at: { ...instant, description: 'The first failed slot, not when it was noticed.' },
  detected_at: instant,
  ended_at: { ...instantOrNull, description: 'Null: it lasts.' },
  duration_s: seconds,
  failure: { enum: failures },
  message: textOrNull,
  held_by: {
    enum: ['maintenance', 'dependency', 'flapping', null],
    description: 'Why nobody was told; null: told.',
  },
  self: { type: 'string', format: 'uri-reference' },
}

const email = record({
  kind: { type: 'string' },
  recipient: { type: 'string', description: 'Masked without the scope write.' },
  queued_at: instant,
  sent_at: instantOrNull,
  failed_at: instantOrNull,
  attempts: { type: 'integer' },
  last_error: textOrNull,
})

const results = (description: string) => ({ type: 'array', items: ref('Result'), description })

const evidence = {
  status_code: { type: ['integer', 'null'] },
  remote_address: textOrNull,
  excerpt: { ...textOrNull, description: 'How the answer began: at most 1 KiB, as text.' },
  up_since: { ...instantOrNull, description: 'Since when it had been up; null: it never was.' },
  before: results('The last results before it.'),
  during: results('The results that opened it, from its first failed slot on.'),
  after: results('The results that ended it.'),
  emails: { type: 'array', items: email },
}

const share = { type: ['number', 'null'], minimum: 0, maximum: 1 }

const uptime = {
  policy: { type: 'string' },
  uptime: { ...share, description: 'Of the time that counts; null: none does.' },
  coverage: { ...share, description: 'How much of the window was observed.' },
  watched_coverage: { ...share, description: 'How much of the time it was watched was observed.' },
  window_s: seconds,
  up_s: seconds,
  down_s: seconds,
  unknown_s: { ...seconds, description: 'Not observed. up_s + down_s + unknown_s = window_s.' },
  unwatched_s: { ...seconds, description: 'Of unknown_s: paused, or not there yet.' },
  unknown_in_outage_s: seconds,
  maintenance_s: seconds,
  counted_up_s: { ...seconds, description: 'What the policy counts as up.' },
  counted_down_s: seconds,
}

const latency = record({
  phase: { enum: ['dns', 'connect', 'tls', 'ttfb', 'total'] },
  checks: { type: 'integer' },
  avg_ms: numberOrNull,
  p50_ms: numberOrNull,
  p95_ms: numberOrNull,
  p99_ms: numberOrNull,
  max_ms: numberOrNull,
})

const window = { from: instant, to: instant }
const fieldError = record({ field: textOrNull, reason: { type: 'string' } })

export type SchemaName =
  | 'SiteSettings'
  | 'SitePatch'
  | 'Site'
  | 'Result'
  | 'Outage'
  | 'OutageWithEvidence'
  | 'Uptime'
  | 'FleetUptime'
  | 'Latency'
  | 'CheckAsked'
  | 'Health'
  | 'Problem'

export const answerSchemas: Readonly<Record<SchemaName, JsonSchema>> = {
  SiteSettings: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: settingSchemas,
  },
  SitePatch: {
    type: 'object',
    additionalProperties: false,
    properties: settingSchemas,
    description: 'null: the default.',
  },
  Site: record({ ...settingSchemas, ...toldOfSite }),
  Result: result,
  Outage: record(outage),
  OutageWithEvidence: record({ ...outage, ...evidence }),
  Uptime: record({ site_id: { type: 'integer' }, ...window, ...uptime }),
  FleetUptime: record({
    ...window,
    policy: { type: 'string' },
    sites: { type: 'array', items: record({ site_id: { type: 'integer' }, ...uptime }) },
  }),
  Latency: record({
    site_id: { type: 'integer' },
    ...window,
    phases: { type: 'array', items: latency },
  }),
  CheckAsked: record({
    site_id: { type: 'integer' },
    requested_at: instant,
    results: { type: 'string', format: 'uri-reference', description: 'Where the result will be.' },
  }),
  Health: record({
    healthy: { type: 'boolean', description: 'All of these.' },
    database: { type: 'boolean', description: 'It answers.' },
    scheduling: { type: 'boolean', description: 'The clock hand has moved within 30 s.' },
    recording: { type: 'boolean', description: 'Results arrive as the fastest cadence says.' },
  }),
  Problem: {
    type: 'object',
    description: 'RFC 9457.',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: { type: 'array', items: fieldError, description: 'Each field that is wrong.' },
    },
  },
}

/** A schema by its name. */
export function ref(name: SchemaName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** A page of a list. */
export function pageOf(list: string, name: SchemaName): JsonSchema {
  return record({
    [list]: { type: 'array', items: ref(name) },
    next: {
      type: ['string', 'null'],
      format: 'uri-reference',
      description: 'The address of the next page; null: this is the last.',
    },
  })
}
