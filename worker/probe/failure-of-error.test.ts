import { describe, expect, test } from 'vitest'
import type { Stage } from './deadline.ts'
import { failureOfCertificate, failureOfError } from './failure-of-error.ts'

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`it went wrong: ${code}`), { code }, more)
}

function http2(whose: 'STREAM' | 'SESSION', reason: string): Error {
  return Object.assign(new Error(`closed with error code ${reason}`), {
    code: `ERR_HTTP2_${whose}_ERROR`,
  })
}

const v6 = { address: '::1' }
const v4 = { address: '127.0.0.1' }

describe('what an error says of the target', () => {
  test.each<[string, unknown, Stage, string, string | null]>([
    ['refused', coded('ECONNREFUSED'), 'connect', 'failed', 'refused'],
    ['no route to the host', coded('EHOSTUNREACH', v4), 'connect', 'failed', 'unreachable'],
    ['no route to the network', coded('ENETUNREACH', v4), 'connect', 'failed', 'unreachable'],
    ['no IPv6 at all is ours', coded('ENETUNREACH', v6), 'connect', 'inconclusive', null],
    [
      'an IPv6 host without a route is its own',
      coded('EHOSTUNREACH', v6),
      'connect',
      'failed',
      'unreachable',
    ],
    ['the kernel gave up connecting', coded('ETIMEDOUT'), 'connect', 'failed', 'connect_timeout'],
    ['reset while connecting', coded('ECONNRESET'), 'connect', 'failed', 'reset'],
    ['reset in the handshake', coded('ECONNRESET'), 'tls', 'failed', 'tls_handshake'],
    ['reset in the answer', coded('ECONNRESET'), 'body', 'failed', 'reset'],
    ['a broken pipe', coded('EPIPE'), 'answer', 'failed', 'reset'],
    ['not TLS', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls', 'failed', 'tls_handshake'],
    [
      'an alert after the handshake',
      coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      'answer',
      'failed',
      'tls_handshake',
    ],
    ['a protocol error of TLS', coded('EPROTO'), 'tls', 'failed', 'tls_handshake'],
    [
      'a server that speaks no common version',
      coded('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'),
      'tls',
      'failed',
      'protocol',
    ],
    ['frames that are none of HTTP/2', coded('ERR_HTTP2_ERROR'), 'answer', 'failed', 'protocol'],
    [
      'a stream that was refused',
      http2('STREAM', 'NGHTTP2_REFUSED_STREAM'),
      'answer',
      'failed',
      'reset',
    ],
    [
      'a stream that broke the rules',
      http2('STREAM', 'NGHTTP2_PROTOCOL_ERROR'),
      'body',
      'failed',
      'protocol',
    ],
    ['a session that ended in anger', http2('SESSION', '2'), 'answer', 'failed', 'reset'],
    ['a session that asks for calm', http2('SESSION', '11'), 'answer', 'failed', 'protocol'],
    [
      'a server that wants HTTP/1.1',
      http2('STREAM', 'NGHTTP2_HTTP_1_1_REQUIRED'),
      'answer',
      'failed',
      'protocol',
    ],
    ['a reason that nobody knows', http2('SESSION', '99'), 'answer', 'failed', 'reset'],
    [
      'an HTTP/2 session that is gone',
      coded('ERR_HTTP2_INVALID_SESSION'),
      'answer',
      'failed',
      'reset',
    ],
    [
      'an HTTP/2 request that cannot be made',
      coded('ERR_HTTP2_INVALID_CONNECTION_HEADERS'),
      'answer',
      'inconclusive',
      null,
    ],
    ['no file descriptors left', coded('EMFILE'), 'connect', 'inconclusive', null],
    ['none in the whole system', coded('ENFILE'), 'connect', 'inconclusive', null],
    ['no memory left', coded('ENOMEM'), 'connect', 'inconclusive', null],
    ['no ports left', coded('EADDRNOTAVAIL', v4), 'connect', 'inconclusive', null],
    ['a request that cannot be made', coded('ERR_INVALID_CHAR'), 'answer', 'inconclusive', null],
    ['an error that nobody knows', new TypeError('x is undefined'), 'answer', 'inconclusive', null],
    ['what is no error', 'text', 'answer', 'inconclusive', null],
    [
      'both families refused',
      new AggregateError([coded('ECONNREFUSED', v6), coded('ECONNREFUSED', v4)]),
      'connect',
      'failed',
      'refused',
    ],
    [
      'refused over IPv4, no IPv6 here',
      new AggregateError([coded('ENETUNREACH', v6), coded('ECONNREFUSED', v4)]),
      'connect',
      'failed',
      'refused',
    ],
    [
      'no network for either',
      new AggregateError([coded('ENETUNREACH', v6), coded('ENETUNREACH', v4)]),
      'connect',
      'failed',
      'unreachable',
    ],
  ])('%s', (_, error, stage, outcome, failure) => {
    const stop = failureOfError(error, stage)
    expect(stop.outcome).toBe(outcome)
    expect(stop.outcome === 'failed' ? stop.failure : null).toBe(failure)
    expect(stop.message).not.toBe('')
  })

  test.each([
    ['EMFILE', 'no file descriptor left'],
    ['ENFILE', 'no file descriptor left'],
    ['EADDRNOTAVAIL', 'no local port'],
    ['EADDRINUSE', 'no local port'],
    ['ENOBUFS', 'no network buffers'],
    ['ENOMEM', 'no memory'],
  ])('%s is told in plain words', (code, part) => {
    expect(failureOfError(coded(code), 'connect')).toEqual({
      outcome: 'inconclusive',
      message: expect.stringMatching(`of this worker has ${part}|this worker has ${part}`),
    })
  })

  test('an address that cannot be reached is told, for a route to be looked up', () => {
    expect(failureOfError(coded('ENETUNREACH', v4), 'connect')).toMatchObject(v4)
    expect(failureOfError(coded('ECONNREFUSED', v4), 'connect')).not.toMatchObject(v4)
  })

  test('what is unknown keeps its own words', () => {
    expect(failureOfError(new TypeError('x is undefined'), 'answer').message).toBe('x is undefined')
  })

  test.each([
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'intermediate'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('a certificate with %s is bad', (code, part) => {
    expect(failureOfCertificate(code)).toMatchObject({
      failure: 'tls_cert',
      message: expect.stringContaining(part),
    })
  })
})
