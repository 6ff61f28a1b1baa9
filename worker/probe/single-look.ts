import type { Target } from '#shared/domain/check.ts'
import { EXCERPT_BYTES_MAX } from '#shared/domain/result.ts'
import { Deadline } from './deadline.ts'
import { failureOfError } from './failure-of-error.ts'
import type { Journey } from './journey.ts'
import type { Answered, BodyWanted, Observation, Prober, Stop } from './prober.ts'
import { Trace } from './trace.ts'

/** What a target answered, as far as its kind has words. */
export type Said = Pick<Answered, 'body' | 'responseBytes' | 'beginning'> &
  Partial<Pick<Answered, 'phases' | 'rcode'>>

/** One exchange with a target. It may throw what its sockets throw. */
export type Look = (
  target: Target,
  want: BodyWanted,
  journey: Journey,
) => Promise<Said | (Stop & { readonly rcode?: string })>

/** That it answered at all is the answer. */
export const nothingSaid: Said = {
  body: { kind: 'whole', text: '' },
  responseBytes: 0,
  beginning: '',
}

/** A prober of a kind that has no redirects: one exchange, within one hard deadline. */
export function singleLook(look: Look): Prober {
  return {
    async probe(target, want, { signal } = {}) {
      const trace = new Trace()
      const deadline = new Deadline(target.timeoutMs, signal)
      try {
        const seen = await look(target, want, { trace, deadline })
        return observationOf(seen, trace)
      } catch (error) {
        return observationOf(failureOfError(error, 'answer'), trace)
      } finally {
        deadline.release()
      }
    },
  }
}

/** Bytes as what they say in UTF-8; what cannot be decoded becomes U+FFFD. */
export function saidIn(bytes: Buffer, extent: 'whole' | 'beginning'): Said {
  return {
    body: { kind: extent, text: bytes.toString('utf8').normalize('NFC') },
    responseBytes: bytes.length,
    beginning: bytes.toString('utf8', 0, EXCERPT_BYTES_MAX),
  }
}

/** A check of which not even the URL can be read, which its row should not have let through. */
export function unreadableUrl(reason: string): Stop {
  return { outcome: 'inconclusive', message: `url: ${reason}` }
}

function observationOf(seen: Awaited<ReturnType<Look>>, trace: Trace): Observation {
  const traced = trace.read()
  if ('outcome' in seen) return { ...traced, ...seen }
  return { outcome: 'answered', headers: {}, ...traced, ...seen }
}
