import type { Socket } from 'node:net'
import { parseTcpUrl } from '#shared/domain/endpoint-url.ts'
import type { AddressPolicy } from './address-guard.ts'
import { BODY_BYTES_MAX } from './answer-reader.ts'
import { openConnection } from './connection.ts'
import { failureOfError } from './failure-of-error.ts'
import { filledBody } from './first-request.ts'
import type { Journey } from './journey.ts'
import type { BodyWanted, Prober, Stop } from './prober.ts'
import { type Resolve, systemResolver } from './resolver.ts'
import { SECRET_BYTES_MAX, secretFiles } from './secret-files.ts'
import { nothingSaid, type Said, saidIn, singleLook, unreadableUrl } from './single-look.ts'

export type TcpProberOptions = {
  readonly addresses: AddressPolicy
  /** The system's way by default. */
  readonly resolve?: Resolve
  /** Where the secrets are that bodies name. None by default. */
  readonly secretsDir?: string | null
}

/** A server that has begun to talk and pauses for so long has said what it had to say. */
const QUIET_MS = 250

const CLOSED_UNHEARD: Stop = {
  outcome: 'failed',
  failure: 'reset',
  message: 'the connection was closed before anything was said',
}

/**
 * Connects, sends the target's body if it has one, and, when words are wanted, listens until the
 * server closes, falls silent, has said 1 MiB, or time is up.
 */
export function tcpProber(options: TcpProberOptions): Prober {
  const { addresses, resolve = systemResolver(), secretsDir: folder = null } = options
  const readSecret = secretFiles({ folder, bytesMax: SECRET_BYTES_MAX })
  return singleLook(async (target, want, journey) => {
    const parsed = parseTcpUrl(target.url)
    if (!parsed.ok) return unreadableUrl(parsed.reason)
    const { host: hostname, port } = parsed.endpoint
    const body = filledBody(target, readSecret)
    if (typeof body === 'object' && body !== null) return body
    const place = { hostname, port, ipFamily: target.ipFamily, tls: null }
    const socket = await openConnection(place, journey, { addresses, resolve })
    if ('outcome' in socket) return socket
    try {
      return await converse(socket, body, want, journey)
    } finally {
      socket.destroy()
    }
  })
}

function converse(
  socket: Socket,
  body: string | null,
  want: BodyWanted,
  journey: Journey,
): Promise<Said | Stop> | Said {
  if (want === 'text') {
    if (body !== null) socket.write(body)
    return hearOut(socket, journey)
  }
  return body === null ? nothingSaid : send(socket, body, journey)
}

/** Sent is what the system has taken over: that it arrives, only an answer could tell. */
function send(socket: Socket, body: string, { deadline }: Journey): Promise<Said | Stop> {
  return new Promise((resolve) => {
    deadline.watch(() => resolve(deadline.stop('answer')))
    socket.write(body, (error) => resolve(error ? failureOfError(error, 'answer') : nothingSaid))
  })
}

function hearOut(socket: Socket, { deadline, trace }: Journey): Promise<Said | Stop> {
  const chunks: Buffer[] = []
  let length = 0
  let quiet: NodeJS.Timeout | undefined
  // As they are when something was heard last: to wait for more takes our time, not the target's.
  let { phases } = trace.read()
  return new Promise((resolve) => {
    const settle = (ifUnheard: Stop) =>
      resolve(length === 0 ? ifUnheard : { ...saidIn(Buffer.concat(chunks), 'whole'), phases })
    deadline.watch(() => settle(deadline.stop('answer')))
    socket.on('error', (error) => settle(failureOfError(error, 'answer')))
    socket.once('end', () => settle(CLOSED_UNHEARD))
    socket.once('close', () => clearTimeout(quiet))
    socket.on('data', (chunk) => {
      if (length === 0) trace.end('ttfbMs')
      phases = trace.read().phases
      length += chunk.length
      chunks.push(chunk)
      clearTimeout(quiet)
      quiet = setTimeout(settle, QUIET_MS, CLOSED_UNHEARD)
      if (length > BODY_BYTES_MAX)
        resolve({ ...saidIn(Buffer.concat(chunks, BODY_BYTES_MAX), 'beginning'), phases })
    })
  })
}
