/** Why a check concluded `down`. A closed list: SQL constrains it, the stream carries it, emails explain it. */
export const failures = [
  'dns',
  'refused',
  'unreachable',
  'connect_timeout',
  'timeout',
  'tls_cert',
  'tls_handshake',
  'reset',
  'protocol',
  'status',
  'body',
  'redirect',
  'too_large',
  'blocked',
] as const

export type Failure = (typeof failures)[number]

const known: ReadonlySet<string> = new Set(failures)

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'string' && known.has(value)
}
