import type { DnsQuestion } from '#shared/domain/dns-url.ts'
import type { Stop } from './prober.ts'

/** `rcode`: what the name server said, if it said anything. */
export type DnsStop = Stop & { readonly rcode?: string; readonly basis?: 'answer' }

type Row = readonly [rcode: string, message: string]

/** What a name server says by a code of c-ares. */
const ANSWERS: Readonly<Record<string, Row>> = {
  ENOTFOUND: ['NXDOMAIN', 'no such name'],
  ESERVFAIL: ['SERVFAIL', 'the name server failed to answer'],
  EREFUSED: ['REFUSED', 'the name server refused the question'],
  ENOTIMP: ['NOTIMP', 'the name server does not know such questions'],
  EFORMERR: ['FORMERR', 'the name server did not understand the question'],
}

/** An error of a query, as what it says of the name, or of the name server that is looked at. */
export function stopOfQuery(error: unknown, { server, type }: DnsQuestion): DnsStop {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENODATA') return certain(failed('dns', `the name has no ${type} record`, 'NOERROR'))
  // The system's own servers refuse whom they do not serve, which is us.
  if (code === 'EREFUSED' && server === null) return unasked(code)
  const row = ANSWERS[code]
  if (row !== undefined) {
    const stop = failed('dns', row[1], row[0])
    // That there is no such name, or whatever a server says that is itself looked at, is no trouble of ours.
    return code === 'ENOTFOUND' || server !== null ? certain(stop) : stop
  }
  if (code === 'EBADRESP') return failed('dns', 'the name server answered nonsense')
  if (code === 'EBADNAME') return certain(failed('dns', 'the name is malformed'))
  if (server === null)
    return code === 'ETIMEOUT' ? failed('dns', 'no answer from the name servers') : unasked(code)
  if (code === 'ETIMEOUT') return failed('timeout', 'no answer from the name server')
  // Whether the port is closed or there is no way to it, c-ares does not tell.
  if (code === 'ECONNREFUSED') return failed('unreachable', 'the name server cannot be reached')
  return { outcome: 'inconclusive', message: `the name server cannot be asked: ${code || error}` }
}

function certain(stop: DnsStop): DnsStop {
  return { ...stop, basis: 'answer' }
}

function failed(
  failure: 'dns' | 'timeout' | 'unreachable',
  message: string,
  rcode?: string,
): DnsStop {
  return { outcome: 'failed', failure, message, ...(rcode === undefined ? {} : { rcode }) }
}

function unasked(code: string): DnsStop {
  return { outcome: 'inconclusive', message: `no name server can be asked: ${code}` }
}
