import type { Duplex } from 'node:stream'
import { Client, type Dispatcher } from 'undici'
import type { AnswerReader } from '../../worker/probe/answer-reader.ts'
import type { Stage } from '../../worker/probe/deadline.ts'
import {
  CLOSED_EARLY,
  failureOfRefusal,
  HEADERS_TOO_LARGE,
} from '../../worker/probe/failure-of-error.ts'
import type { Stop } from '../../worker/probe/prober.ts'

/**
 * The exchange as it was before the probe had a parser of its own: undici's client, and so llhttp.
 * The one in the product is held against it.
 */
export function askWithUndici(method: string, socket: Duplex, reader: AnswerReader): void {
  const client = new Client('http://site.test', {
    connect: (_options, take) => {
      // Not at once: the client is still in the middle of asking for it. A stream is all that it needs.
      queueMicrotask(() => Reflect.apply(take, null, [null, socket]))
    },
    allowH2: false,
    maxHeaderSize: 16 * 1024,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const options = { path: '/', method, headers: [], body: null, reset: true }
  client.dispatch(options satisfies Dispatcher.DispatchOptions, {
    onRequestStart: () => reader.onRequestStart(),
    onResponseStarted: () => reader.onResponseStarted(),
    onResponseStart: (_, statusCode, headers) => reader.onResponseStart(statusCode, headers),
    onResponseData: (_, bytes) => reader.onResponseData(bytes),
    onResponseEnd: () => reader.onResponseEnd(),
    onResponseError: (_, error) => reader.stop(stopOf(error, reader.stage)),
  })
}

/**
 * It reports the same early end of a connection in three ways, after what the headers said of lengths
 * and of `connection: close`; one of them, a wrong length, also for headers that it could not read.
 */
function stopOf(error: Error, stage: Stage): Stop {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return HEADERS_TOO_LARGE
  if (code === 'UND_ERR_SOCKET') {
    return message.startsWith('bad ') ? failureOfRefusal({ kind: 'unasked' }) : CLOSED_EARLY
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return stage === 'body' ? CLOSED_EARLY : failureOfRefusal({ kind: 'not_http', reason: '' })
  }
  if (message.includes('Invalid EOF state')) return CLOSED_EARLY
  const reason = /\(([^)]+)\)/.exec(message)?.[1] ?? ''
  return failureOfRefusal({ kind: 'not_http', reason })
}
