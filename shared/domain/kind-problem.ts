import {
  type CheckKind,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Target,
} from './check.ts'
import { type Condition, type Reading, readingsOf } from './condition.ts'

type Options = Omit<Target, 'headers' | 'heartbeat'> &
  Omit<Expectation, 'expectedHeaders'> & {
    readonly headers: object
    readonly expectedHeaders: object
  }

const HTTP: readonly CheckKind[] = ['http']
const WITH_TLS: readonly CheckKind[] = ['http', 'tls']
const WITH_BODY: readonly CheckKind[] = ['http', 'tcp', 'dns', 'heartbeat']

/** Options that not every kind of check has a use for. */
const KINDS_OF_OPTION: Partial<Record<keyof Options, readonly CheckKind[]>> = {
  method: HTTP,
  headers: HTTP,
  basicAuthUser: HTTP,
  bearerTokenSecret: HTTP,
  hostHeader: HTTP,
  httpVersion: HTTP,
  expectedStatus: HTTP,
  expectedHeaders: HTTP,
  verifyTls: WITH_TLS,
  tlsServerName: WITH_TLS,
  tlsCaFile: WITH_TLS,
  tlsClientCertFile: WITH_TLS,
  certDaysMin: WITH_TLS,
  body: ['http', 'tcp'],
  bodyContains: WITH_BODY,
  bodyNotContains: WITH_BODY,
  jsonPath: WITH_BODY,
  bodyRegex: WITH_BODY,
  expectedValue: WITH_BODY,
  bodyBytesMin: WITH_BODY,
  bodyBytesMax: WITH_BODY,
}

const KINDS_OF_READING: Partial<Record<Reading['kind'], readonly CheckKind[]>> = {
  status: HTTP,
  header: HTTP,
  certificate_expiration: WITH_TLS,
  body: WITH_BODY,
  body_size: WITH_BODY,
  dns_rcode: ['dns'],
  ip: ['http', 'tcp', 'tls', 'dns', 'icmp'],
}

/** Why an option makes no sense for a site's kind, naming the column, or null. */
export function kindProblem(site: Options): string | null {
  const usual: Partial<Options> = { ...defaultTarget, ...defaultExpectation }
  for (const [name, kinds] of Object.entries(KINDS_OF_OPTION)) {
    const option = name as keyof Options
    if (!kinds.includes(site.kind) && !isUsual(site[option], usual[option])) {
      return `${columnOf(option)}: has no meaning for the kind ${site.kind}`
    }
  }
  return site.certDaysMin !== null && !hasCertificate(site)
    ? `cert_days_min: ${site.certDaysMin} needs a certificate, which http:// does not have`
    : null
}

/** Why a condition looks at what a site's kind does not have, or null. */
export function conditionKindProblem(
  site: Pick<Options, 'kind' | 'url'>,
  conditions: readonly Condition[],
): string | null {
  for (const condition of conditions) {
    for (const { kind, text } of readingsOf(condition)) {
      const isKnown = KINDS_OF_READING[kind]?.includes(site.kind) ?? true
      if (!isKnown) return `conditions: ${text} has no meaning for the kind ${site.kind}`
      if (kind === 'certificate_expiration' && !hasCertificate(site)) {
        return `conditions: ${text} needs a certificate, which http:// does not have`
      }
    }
  }
  return null
}

function hasCertificate({ kind, url }: Pick<Options, 'kind' | 'url'>): boolean {
  return kind === 'tls' || /^https:/i.test(url)
}

function isUsual(value: unknown, usual: unknown): boolean {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return value === usual || isEmpty
}

/** `bodyContains` is the column `body_contains`. */
function columnOf(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
