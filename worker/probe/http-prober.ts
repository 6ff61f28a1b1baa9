import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type buildConnector, Client } from 'undici'
import type { Target } from '#shared/domain/check.ts'
import type { AddressPolicy } from './address-guard.ts'
import { AnswerReader, type RawAnswer } from './answer-reader.ts'
import { textOf } from './body-text.ts'
import { type Dialer, openConnection } from './connection.ts'
import { Deadline } from './deadline.ts'
import { failureOfError } from './failure-of-error.ts'
import type { Journey } from './journey.ts'
import type { Body, BodyWanted, Observation, Prober, Stop } from './prober.ts'
import { type HopRequest, isRedirect, nextRequest } from './redirect.ts'
import { type HeaderFields, requestHeaders } from './request-headers.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { Trace } from './trace.ts'

export type HttpProberOptions = {
  /** Ours, for the user agent. */
  readonly version: string
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** PEM, in place of the system's trusted roots. */
  readonly trustedCa?: string
}

/**
 * What almost every server knows, cheapest first. OpenSSL's own list begins with a post-quantum
 * group, which guards no secret of ours and costs a quarter of the handshake (545 us, 417 without).
 */
const TLS_GROUPS = 'X25519:P-256:P-384:P-521'
const HEADER_BYTES_MAX = 16 * 1024

/** Probes over HTTP/1.1 and TLS: every hop on a fresh connection, all of them within one hard deadline. */
export function httpProber(options: HttpProberOptions): Prober {
  const hopper = new Hopper(options)
  return {
    async probe(target, want, signal) {
      const trace = new Trace()
      const deadline = new Deadline(target.timeoutMs, signal)
      try {
        return await observe(hopper, target, want, { trace, deadline, verifyTls: target.verifyTls })
      } catch (error) {
        return observationOf(failureOfError(error, 'answer'), trace)
      } finally {
        deadline.release()
      }
    },
  }
}

async function observe(
  hopper: Hopper,
  target: Target,
  want: BodyWanted,
  journey: Journey,
): Promise<Observation> {
  const answer = await hopper.follow(target, want, journey)
  if ('outcome' in answer) return observationOf(answer, journey.trace)
  const { statusCode, headers, responseBytes } = answer
  const traced = journey.trace.read()
  const body = want === 'text' ? await textInTime(answer, journey) : ({ kind: 'unread' } as const)
  if ('outcome' in body) return observationOf(body, journey.trace)
  return { outcome: 'answered', ...traced, statusCode, headers, responseBytes, body, beginning: '' }
}

/** Decompression takes turns of the event loop, and they belong to the probe's time as well. */
function textInTime(answer: RawAnswer, { deadline }: Journey): Promise<Body | Stop> {
  const { promise: interrupted, resolve } = Promise.withResolvers<Stop>()
  deadline.watch(() => resolve(deadline.stop('body')))
  return Promise.race([textOf(answer), interrupted])
}

function observationOf(stop: Stop, trace: Trace): Observation {
  return stop.outcome === 'failed' ? { ...stop, ...trace.read() } : stop
}

/** Goes from hop to hop until there is an answer to judge. */
class Hopper {
  readonly #dialer: Dialer
  readonly #defaultHeaders: HeaderFields

  constructor({ version, addresses, resolve = systemResolver(), trustedCa }: HttpProberOptions) {
    const ca = trustedCa === undefined ? {} : { ca: trustedCa }
    this.#dialer = {
      addresses,
      resolve,
      secureContext: createSecureContext({ ecdhCurve: TLS_GROUPS, ...ca }),
    }
    this.#defaultHeaders = [
      ['user-agent', `Uptick/${version} (+https://github.com/uptick/uptick)`],
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
    ]
  }

  async follow(target: Target, want: BodyWanted, journey: Journey): Promise<RawAnswer | Stop> {
    const { method, headers, body, maxRedirects } = target
    let request: HopRequest | Stop = { url: new URL(target.url), method, headers, body }
    for (let redirects = 0; ; redirects++) {
      const answer: RawAnswer | Stop = await this.#ask(request, want, maxRedirects > 0, journey)
      if ('outcome' in answer) return answer
      if (maxRedirects === 0 || !isRedirect(answer.statusCode)) return answer
      if (redirects === maxRedirects) return tooManyRedirects(maxRedirects)
      request = nextRequest(request, answer.statusCode, answer.headers)
      if ('outcome' in request) return request
    }
  }

  async #ask(
    request: HopRequest,
    want: BodyWanted,
    follows: boolean,
    journey: Journey,
  ): Promise<RawAnswer | Stop> {
    const socket = await openConnection(request.url, journey, this.#dialer)
    if ('outcome' in socket) return socket
    const reader = new AnswerReader(want, journey.trace, follows ? isRedirect : never)
    // undici takes a reset for the end of a body without a length; it is none.
    socket.once('error', (error) => reader.onResponseError(null, error))
    journey.deadline.watch(() => reader.stop(journey.deadline.stop(reader.stage)))
    try {
      this.#send(request, socket, reader)
      return await reader.done
    } finally {
      socket.destroy()
    }
  }

  /** undici's own timers stay off: one deadline, ours, is exact and holds for everything. */
  #send({ url, method, headers, body }: HopRequest, socket: Socket, reader: AnswerReader): void {
    const client = new Client(url.origin, {
      connect: handOver(socket),
      allowH2: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const fields = requestHeaders(this.#defaultHeaders, headers)
    client.dispatch(
      { path: url.pathname + url.search, method, headers: fields, body, reset: true },
      reader,
    )
  }
}

/** A client connects once, to the socket that is there; a second time would be another connection. */
function handOver(socket: Socket): buildConnector.connector {
  let isGiven = false
  return (_options, take) => {
    if (isGiven) return take(new ClosedUnasked(), null)
    isGiven = true
    // Not at once: the client is still in the middle of asking for it.
    queueMicrotask(() => take(null, socket))
  }
}

/** In the shape of Node's own errors. */
class ClosedUnasked extends Error {
  readonly code = 'ECONNRESET'
}

function tooManyRedirects(max: number): Stop {
  return { outcome: 'failed', failure: 'redirect', message: `more than ${max} redirects` }
}

function never(): boolean {
  return false
}
