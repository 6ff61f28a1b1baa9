import type { RegexSearch } from '#shared/domain/body-regex.ts'
import type { Expectation } from '#shared/domain/check.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { cut, quote } from './clean-text.ts'
import type { Evidence } from './evidence.ts'
import type { ResponseHeaders } from './prober.ts'
import { type Finding, MET, NOT_REACHED, type Rule } from './rule.ts'

const DAY_MS = 86_400_000

export function statusRule(expectedStatus: string, matches: (code: number) => boolean): Rule {
  return {
    text: `[STATUS] == ${expectedStatus}`,
    needsBody: false,
    judge({ observation: { statusCode } }) {
      if (statusCode === null || statusCode === undefined) return NOT_REACHED
      if (matches(statusCode)) return MET
      const message = `status ${statusCode}, expected ${expectedStatus}`
      return { outcome: 'not_met', failure: 'status', message }
    },
    seen: ({ observation }) => observation.statusCode?.toString() ?? null,
  }
}

export type HeaderExpected = {
  /** As its owner wrote it. */
  readonly name: string
  /** What one of its values must match somewhere; null: being there is enough. */
  readonly regex: { readonly text: string; search(text: string): RegexSearch } | null
}

export function headerRule({ name, regex }: HeaderExpected): Rule {
  const subject = `[HEADERS].${name.toLowerCase()}`
  const fits = (value: string) => regex === null || regex.search(value).found
  return {
    text: regex === null ? `has(${subject}) == true` : `${subject} == regex(${regex.text})`,
    needsBody: false,
    judge({ observation }) {
      if (observation.outcome !== 'answered') return NOT_REACHED
      const values = headerValues(observation.headers, name)
      if (values.some(fits)) return MET
      const message =
        values.length === 0
          ? `there is no header ${name}`
          : `the header ${name} is ${quote(values.join(', '))}, expected a match for ${regex?.text}`
      return { outcome: 'not_met', failure: 'body', message }
    },
    seen({ observation }) {
      if (observation.outcome !== 'answered') return null
      const values = headerValues(observation.headers, name)
      return values.length === 0 ? null : quote(values.join(', '))
    },
  }
}

function headerValues(headers: ResponseHeaders, name: string): readonly string[] {
  const key = name.toLowerCase()
  return Object.hasOwn(headers, key) ? [headers[key] ?? []].flat() : []
}

export function certificateRule(daysMin: number): Rule {
  return {
    text: `[CERTIFICATE_EXPIRATION] >= ${daysMin}d`,
    needsBody: false,
    judge({ observation, nowMs }) {
      const { certExpiresAtMs, outcome } = observation
      if (certExpiresAtMs === null || certExpiresAtMs === undefined) {
        return outcome === 'answered' ? certificateFinding('no certificate was shown') : NOT_REACHED
      }
      const leftMs = certExpiresAtMs - nowMs
      if (leftMs >= daysMin * DAY_MS) return MET
      const state = leftMs < 0 ? 'has expired' : `expires in ${dayCount(leftMs)}`
      return certificateFinding(`the certificate ${state}, expected at least ${daysMin}`)
    },
    seen({ observation: { certExpiresAtMs }, nowMs }) {
      if (certExpiresAtMs === null || certExpiresAtMs === undefined) return null
      return certExpiresAtMs < nowMs ? 'expired' : humanDuration(certExpiresAtMs - nowMs)
    },
  }
}

function certificateFinding(message: string): Finding {
  return { outcome: 'not_met', failure: 'tls_cert', message }
}

function dayCount(ms: number): string {
  const days = Math.floor(ms / DAY_MS)
  return days === 1 ? '1 day' : `${days} days`
}

export function containsRule(part: string): Rule {
  const wanted = part.normalize('NFC')
  return {
    text: `[BODY] contains ${JSON.stringify(part)}`,
    needsBody: true,
    judge(evidence) {
      const found = lookFor(wanted, evidence)
      if (typeof found === 'object') return found
      if (found === 'there') return MET
      return found === 'not_there'
        ? bodyFinding(`the body does not contain ${quote(part)}`)
        : tooLarge(`${quote(part)} is not in the first 1 MiB of the body`)
    },
    seen: beginningOf,
  }
}

export function containsNotRule(part: string): Rule {
  const unwanted = part.normalize('NFC')
  return {
    text: `[BODY] != pat(*${part}*)`,
    needsBody: true,
    judge(evidence) {
      const found = lookFor(unwanted, evidence)
      if (typeof found === 'object') return found
      if (found === 'not_there') return MET
      return found === 'there'
        ? bodyFinding(`the body contains ${quote(part)}`)
        : tooLarge(`the body is larger than 1 MiB, too large to be free of ${quote(part)}`)
    },
    seen: beginningOf,
  }
}

function lookFor(part: string, evidence: Evidence): 'there' | 'not_there' | 'unknown' | Finding {
  const body = evidence.text()
  if (body.outcome === 'not_reached') return NOT_REACHED
  if (body.outcome === 'problem') return { ...body, outcome: 'not_met' }
  if (body.text.includes(part)) return 'there'
  return body.extent === 'whole' ? 'not_there' : 'unknown'
}

function beginningOf(evidence: Evidence): string | null {
  const body = evidence.text()
  return body.outcome === 'seen' ? quote(body.text) : null
}

function bodyFinding(message: string): Finding {
  return { outcome: 'not_met', failure: 'body', message }
}

function tooLarge(message: string): Finding {
  return { outcome: 'not_met', failure: 'too_large', message }
}

export function sizeRule(bound: 'min' | 'max', limit: number): Rule {
  const operator = bound === 'min' ? '>=' : '<='
  return {
    text: `[BODY_SIZE] ${operator} ${limit}`,
    needsBody: false,
    judge({ observation }) {
      if (observation.outcome !== 'answered') return NOT_REACHED
      const bytes = observation.responseBytes
      if (bound === 'min') {
        if (bytes >= limit) return MET
        return bodyFinding(`the body has ${bytes} bytes, expected at least ${limit}`)
      }
      if (bytes <= limit) return MET
      return tooLarge(`the body has ${bytes} bytes, expected at most ${limit}`)
    },
    seen: ({ observation }) =>
      observation.outcome === 'answered' ? `${observation.responseBytes} bytes` : null,
  }
}

export function slaRule(slaMs: number): Rule {
  return {
    text: `[RESPONSE_TIME] <= ${slaMs}ms`,
    needsBody: false,
    judge({ observation }) {
      if (observation.outcome !== 'answered') return NOT_REACHED
      const { totalMs } = observation.phases
      if (totalMs === null) return NOT_REACHED
      if (totalMs <= slaMs) return MET
      const message = `answered in ${Math.ceil(totalMs)} ms, slower than its sla_ms of ${slaMs}`
      return { outcome: 'not_met', failure: 'timeout', message }
    },
    seen({ observation }) {
      const totalMs = observation.outcome === 'answered' ? observation.phases.totalMs : null
      return totalMs === null ? null : `${cut(String(totalMs))} ms`
    },
  }
}

/** The rules of the columns that need no compiling, in the order in which they are judged. */
export function rulesOfOptions(
  options: Pick<
    Expectation,
    'certDaysMin' | 'bodyContains' | 'bodyNotContains' | 'bodyBytesMin' | 'bodyBytesMax'
  >,
): readonly Rule[] {
  const { certDaysMin, bodyContains, bodyNotContains, bodyBytesMin, bodyBytesMax } = options
  return [
    ...(certDaysMin === null ? [] : [certificateRule(certDaysMin)]),
    ...(bodyBytesMin === null ? [] : [sizeRule('min', bodyBytesMin)]),
    ...(bodyBytesMax === null ? [] : [sizeRule('max', bodyBytesMax)]),
    ...(bodyContains === null ? [] : [containsRule(bodyContains)]),
    ...(bodyNotContains === null ? [] : [containsNotRule(bodyNotContains)]),
  ]
}
