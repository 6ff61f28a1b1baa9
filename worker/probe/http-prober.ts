import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Target } from '#shared/domain/check.ts'
import type { AddressPolicy } from './address-guard.ts'
import { AnswerReader, type RawAnswer } from './answer-reader.ts'
import { beginningOf } from './beginning-of.ts'
import { textOf } from './body-text.ts'
import { type Dialer, openConnection } from './connection.ts'
import { Deadline } from './deadline.ts'
import { failureOfError, NO_COMMON_VERSION } from './failure-of-error.ts'
import { firstRequest } from './first-request.ts'
import { sendHttp1 } from './http1-request.ts'
import { sendHttp2 } from './http2-request.ts'
import type { Journey } from './journey.ts'
import { placeOf } from './place-of.ts'
import type { Body, BodyWanted, Observation, Prober, Stop } from './prober.ts'
import { type HopRequest, isRedirect, nextRequest } from './redirect.ts'
import { type HeaderFields, requestHeaders } from './request-headers.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { PEM_BYTES_MAX, type ReadSecret, SECRET_BYTES_MAX, secretFiles } from './secret-files.ts'
import { TlsContexts } from './tls-contexts.ts'
import { Trace } from './trace.ts'

export type HttpProberOptions = {
  /** Ours, for the user agent. */
  readonly version: string
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** PEM, in place of the system's trusted roots. */
  readonly trustedCa?: string
  /** Where the files are that sites name: secrets, certificates, keys. None by default. */
  readonly secretsDir?: string | null
}

/** Probes over HTTP and TLS: every hop on a fresh connection, all of them within one hard deadline. */
export function httpProber(options: HttpProberOptions): Prober {
  const hopper = new Hopper(options)
  return {
    async probe(target, want, { signal, checkId } = {}) {
      const trace = new Trace()
      const deadline = new Deadline(target.timeoutMs, signal)
      try {
        return await observe(hopper, target, want, { trace, deadline, checkId })
      } catch (error) {
        return { ...failureOfError(error, 'answer'), ...trace.read() }
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
  const traced = journey.trace.read()
  if ('outcome' in answer) return { ...answer, ...traced }
  const { statusCode, headers, responseBytes } = answer
  const body = want === 'text' ? await textInTime(answer, journey) : ({ kind: 'unread' } as const)
  if ('outcome' in body) return { ...body, ...journey.trace.read() }
  return {
    outcome: 'answered',
    ...traced,
    statusCode,
    headers,
    responseBytes,
    body,
    // Only where something is wrong with an answer does anybody read it.
    get beginning() {
      return beginningOf(answer, body)
    },
  }
}

/** Decompression takes turns of the event loop, and they belong to the probe's time as well. */
function textInTime(answer: RawAnswer, { deadline }: Journey): Promise<Body | Stop> {
  const { promise: interrupted, resolve } = Promise.withResolvers<Stop>()
  deadline.watch(() => resolve(deadline.stop('body')))
  return Promise.race([textOf(answer), interrupted])
}

/** Goes from hop to hop until there is an answer to judge. */
class Hopper {
  readonly #dialer: Dialer
  readonly #tlsContexts: TlsContexts
  readonly #readSecret: ReadSecret
  readonly #defaultHeaders: HeaderFields

  constructor(options: HttpProberOptions) {
    const { version, addresses, resolve = systemResolver(), secretsDir: folder = null } = options
    const { trustedCa } = options
    const readPem = secretFiles({ folder, bytesMax: PEM_BYTES_MAX })
    this.#dialer = { addresses, resolve }
    this.#tlsContexts = new TlsContexts({ readPem, trustedCa })
    this.#readSecret = secretFiles({ folder, bytesMax: SECRET_BYTES_MAX })
    this.#defaultHeaders = [
      ['user-agent', `Uptick/${version} (+https://github.com/uptick/uptick)`],
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
    ]
  }

  async follow(target: Target, want: BodyWanted, journey: Journey): Promise<RawAnswer | Stop> {
    const { maxRedirects } = target
    let request: HopRequest | Stop = firstRequest(target, this.#readSecret)
    for (let redirects = 0; ; redirects++) {
      if ('outcome' in request) return request
      const answer: RawAnswer | Stop = await this.#ask(request, target, want, journey)
      if ('outcome' in answer) return answer
      if (maxRedirects === 0 || !isRedirect(answer.statusCode)) return answer
      if (redirects === maxRedirects) return tooManyRedirects(maxRedirects)
      request = nextRequest(request, answer.statusCode, answer.headers)
      if (!('outcome' in request)) journey.trace.nextHop()
    }
  }

  async #ask(
    request: HopRequest,
    target: Target,
    want: BodyWanted,
    journey: Journey,
  ): Promise<RawAnswer | Stop> {
    const place = placeOf(request, target, this.#tlsContexts)
    if ('outcome' in place) return place
    const socket = await openConnection(place, journey, this.#dialer)
    if ('outcome' in socket) return socket
    const reader = new AnswerReader(
      want,
      journey.trace,
      target.maxRedirects > 0 ? isRedirect : never,
    )
    socket.once('error', (error) => reader.onResponseError(error))
    journey.deadline.watch(() => reader.stop(journey.deadline.stop(reader.stage)))
    try {
      return this.#send(request, target, socket, reader, journey.checkId) ?? (await reader.done)
    } finally {
      socket.destroy()
    }
  }

  /** In the version that was agreed upon; null when the request is on its way. */
  #send(
    request: HopRequest,
    target: Target,
    socket: Socket,
    reader: AnswerReader,
    checkId: string | undefined,
  ): Stop | null {
    const usual = this.#defaultHeaders
    const defaults = checkId === undefined ? usual : [...usual, ['x-check-id', checkId] as const]
    const fields = requestHeaders(defaults, request.headers)
    if (request.isAtHome && target.hostHeader !== null) fields.unshift('host', target.hostHeader)
    if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') {
      sendHttp2(request, fields, socket, reader)
    } else if (target.httpVersion === '2') {
      return NO_COMMON_VERSION
    } else {
      sendHttp1(request, fields, socket, reader)
    }
    return null
  }
}

function tooManyRedirects(max: number): Stop {
  return { outcome: 'failed', failure: 'redirect', message: `more than ${max} redirects` }
}

function never(): boolean {
  return false
}
