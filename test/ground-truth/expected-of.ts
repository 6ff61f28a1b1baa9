import type { Failure } from '#shared/domain/failure.ts'
import type { Mode } from './truth.ts'

/** What an honest check may conclude of a site: `up`, or `down` for one of these reasons. */
export type Expected =
  | { readonly result: 'up' }
  | { readonly result: 'down'; readonly failures: readonly Failure[] }

const UP: Expected = { result: 'up' }

const expected: Readonly<Record<Mode, Expected>> = {
  ok: UP,
  wrong_status: down('status'),
  wrong_body: down('body'),
  hang: down('timeout'),
  // Whoever waits to be accepted when the door closes is reset by the kernel.
  refuse: down('refused', 'reset'),
  reset: down('reset'),
  drip: down('timeout'),
  slow: UP,
  redirect_loop: down('redirect'),
  tls_expired: down('tls_cert'),
  tls_wrong_host: down('tls_cert'),
  tls_self_signed: down('tls_cert'),
}

/** Of a site whose row is that of `rowOf`: with its rule for the body, and a timeout that `slow` stays below. */
export function expectedOf(mode: Mode): Expected {
  return expected[mode]
}

function down(...reasons: readonly Failure[]): Expected {
  return { result: 'down', failures: reasons }
}
