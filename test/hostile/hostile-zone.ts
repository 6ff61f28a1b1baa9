import type { Zone } from '../support/name-server.ts'

type Replies = Zone[string]
type Reply = Replies['A']

const LOOPBACK = [127, 0, 0, 1]
/** Always refused, in place of an address of metadata. */
const REFUSED = [127, 0, 0, 2]
const LOOPBACK_V6 = [...Array<number>(15).fill(0), 1]
/** 127.0.0.2 mapped into IPv6. */
const REFUSED_V6 = [...Array<number>(10).fill(0), 0xff, 0xff, ...REFUSED]

/** The names that the hostile targets are known by, made anew for each server: some change by being asked. */
export function hostileZone(): Zone {
  return {
    'up.test': { A: [LOOPBACK] },
    'both.test': { A: [LOOPBACK], AAAA: [LOOPBACK_V6] },
    'xn--bcher-kva.test': { A: [LOOPBACK] },
    'bare.test': {},
    'failing.test': { A: 'SERVFAIL', AAAA: 'SERVFAIL' },
    'silent.test': { A: 'silence', AAAA: 'silence' },
    'v6-failing.test': { A: [LOOPBACK], AAAA: 'SERVFAIL' },
    'v6-silent.test': { A: [LOOPBACK], AAAA: 'silence' },
    'refused.test': { A: [REFUSED] },
    'mixed.test': { A: [LOOPBACK, REFUSED] },
    'mixed-first.test': { A: [REFUSED, LOOPBACK] },
    'mixed-families.test': { A: [LOOPBACK], AAAA: [REFUSED_V6] },
    'fails-first.test': { A: 'SERVFAIL', AAAA: [REFUSED_V6] },
    'rebound.test': inTurn([LOOPBACK], [REFUSED]),
  }
}

/** To the first question this, to all others that. */
function inTurn(first: Reply, then: Reply): Replies {
  let isAsked = false
  return {
    get A() {
      const reply = isAsked ? then : first
      isAsked = true
      return reply ?? []
    },
  }
}
