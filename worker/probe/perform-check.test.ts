import { afterAll, beforeAll, describe } from 'vitest'
import { checkCases } from '../../test/support/check-cases.ts'
import { type HostileFleet, startHostileFleet } from '../../test/support/hostile-fleet.ts'

let fleet: HostileFleet
beforeAll(async () => {
  fleet = await startHostileFleet()
})
afterAll(() => fleet.stop())

const short = { timeoutMs: 200 }
const lax = { verifyTls: false }
const strict = { by: 'strict' } as const

describe('a site is up', () => {
  checkCases(
    () => fleet,
    [
      ['a good answer is up', '/ok', 'up'],
      ['an empty answer is up', '/empty', 'up'],
      ['204 without a body is up', '/no-content', 'up'],
      ['an answer that ends with the connection is up', '/until-closed', 'up'],
      ['a chunked answer is up', '/chunked', 'up'],
      ['an answer without headers is up', '/no-headers', 'up'],
      ['a connection left open after a whole answer is up', '/never-closed', 'up'],
      ['a reset after a whole answer is up', '/answer-then-reset', 'up'],
      ['early hints are passed over', '/hints', 'up'],
      ['HEAD needs no body', '/ok', 'up', '', { method: 'HEAD' }],
      ['POST sends its body', '/ok', 'up', '', { method: 'POST', body: 'a=1' }],
      ['a name is resolved', 'http://up.test{:http}/ok', 'up'],
      ['a name with both families is up when one of them is', 'http://both.test{:http}/ok', 'up'],
    ],
  )
})

describe('a site is down: no connection, or none that lasts', () => {
  checkCases(
    () => fleet,
    [
      ['a name that does not exist', 'http://missing.test/', 'down dns', 'no such name'],
      [
        'name servers that never answer',
        'http://silent.test/',
        'down dns',
        'within 100 ms',
        { timeoutMs: 100 },
      ],
      ['no name server within reach', 'http://offline.test/', 'inconclusive', 'no name server'],
      ['a closed port', 'http://{closed}/', 'down refused', 'connection refused'],
      [
        'a closed port on both families',
        'http://both.test{:closed}/',
        'down refused',
        'connection refused',
      ],
      ['a reset at once', 'http://{rst}/', 'down reset', 'reset'],
      ['a reset before the headers', '/reset', 'down reset', 'reset'],
      ['a close before the headers', '/close', 'down reset', 'closed before'],
      ['a reset amid the headers', '/reset-in-headers', 'down reset'],
      ['a reset amid the body', '/reset-in-body', 'down reset'],
      ['a body shorter than said', '/body-cut-short', 'down reset', 'closed before'],
      [
        'a body shorter than said, with connection: close',
        '/body-cut-short-and-closed',
        'down reset',
        'closed before',
      ],
      ['a chunk cut short', '/chunk-cut-short', 'down reset', 'closed before'],
      [
        'a chunk cut short, with connection: close',
        '/chunk-cut-short-and-closed',
        'down reset',
        'closed before',
      ],
      ['no answer at all', '/hang', 'down timeout', 'within 200 ms', short],
      ['half a body and then nothing', '/hang-in-body', 'down timeout', 'within 200 ms', short],
      ['headers that drip', '/drip-headers', 'down timeout', 'within 200 ms', short],
      ['a body that drips', '/drip-body', 'down timeout', 'within 200 ms', short],
    ],
  )
})

describe('a site is down: not HTTP', () => {
  checkCases(
    () => fleet,
    [
      ['junk instead of HTTP', '/junk', 'down protocol', 'not an HTTP/1.1'],
      ['a version that does not exist', '/http-9', 'down protocol', 'not an HTTP/1.1'],
      ['a malformed header', '/bad-header', 'down protocol', 'not an HTTP/1.1'],
      ['a chunk longer than said', '/chunk-size-lies', 'down protocol', 'not an HTTP/1.1'],
      ['two lengths that differ', '/two-lengths', 'down protocol', 'not an HTTP/1.1'],
      ['a negative length', '/negative-length', 'down protocol', 'not an HTTP/1.1'],
      ['100 that nobody asked for', '/continue', 'down protocol', 'nobody asked for'],
      ['a switch that nobody asked for', '/switch', 'down protocol', 'nobody asked for'],
      ['hints without end', '/hint-flood', 'down protocol', 'interim answers'],
      ['a header of 100 KiB', '/large-header', 'down protocol', '16 KiB'],
      ['ten thousand headers', '/many-headers', 'down protocol', '16 KiB'],
      ['HTTP on a TLS port', 'http://{valid}/', 'down reset'],
    ],
  )
})

describe('TLS', () => {
  checkCases(
    () => fleet,
    [
      ['a certificate that is in order', 'https://localhost{:valid}/ok', 'up'],
      ['and of an address', 'https://{valid}/ok', 'up'],
      ['an expired certificate', 'https://localhost{:expired}/ok', 'down tls_cert', 'has expired'],
      [
        'a certificate of tomorrow',
        'https://localhost{:notYetValid}/ok',
        'down tls_cert',
        'not valid yet',
      ],
      [
        'a certificate for another host',
        'https://localhost{:wrongHost}/ok',
        'down tls_cert',
        'another name',
      ],
      [
        'a self-signed certificate',
        'https://localhost{:selfSigned}/ok',
        'down tls_cert',
        'self-signed',
      ],
      ['an expired one that does not matter', 'https://localhost{:expired}/ok', 'up', '', lax],
      ['a wrong host that does not matter', 'https://localhost{:wrongHost}/ok', 'up', '', lax],
      [
        'a self-signed one that does not matter',
        'https://localhost{:selfSigned}/ok',
        'up',
        '',
        lax,
      ],
      ['TLS on an HTTP port', 'https://{http}/', 'down tls_handshake', 'TLS handshake'],
      [
        'a TLS port that stays mute',
        'https://{mute}/',
        'down connect_timeout',
        'no TLS handshake',
        short,
      ],
    ],
  )
})

describe('redirects', () => {
  checkCases(
    () => fleet,
    [
      ['a redirect is followed', '/redirect?/ok', 'up'],
      ['a redirect whose body never comes is followed', '/redirect-without-its-body', 'up'],
      [
        'a redirect is an answer when none is to be followed',
        '/redirect-301?/ok',
        'down status',
        'status 301',
        { maxRedirects: 0 },
      ],
      [
        'and may be the one expected',
        '/redirect-301?/ok',
        'up',
        '',
        { maxRedirects: 0, expectedStatus: '301' },
      ],
      ['as many redirects as allowed', '/redirect?/redirect?/ok', 'up', '', { maxRedirects: 2 }],
      [
        'one redirect more',
        '/redirect?/redirect?/ok',
        'down redirect',
        'more than 1 redirects',
        { maxRedirects: 1 },
      ],
      ['redirects in a circle', '/loop', 'down redirect', 'more than 5 redirects'],
      ['a redirect to nowhere', '/no-location', 'down redirect', 'without one Location'],
      ['a redirect to two places', '/two-locations', 'down redirect', 'without one Location'],
      ['a redirect to a file', '/redirect?file:///etc/passwd', 'down redirect', 'file:'],
      ['a redirect to a script', '/redirect?javascript:alert(1)', 'down redirect', 'javascript:'],
      ['a redirect to what is no URL', '/redirect?http://[', 'down redirect', 'no URL'],
      ['a redirect to a closed port', '/redirect?http://{closed}/', 'down refused'],
      [
        'a redirect to a refused address',
        '/redirect?http://127.0.0.2{:http}/ok',
        'down blocked',
        '127.0.0.2',
      ],
      [
        'a redirect to a name of a refused address',
        '/redirect?http://refused.test/',
        'down blocked',
        '127.0.0.2',
      ],
      [
        'a body does not cross to another origin',
        '/redirect-307?http://{elsewhere}/ok',
        'down redirect',
        'another origin',
        { method: 'POST', body: 'secret' },
      ],
    ],
  )
})

describe('addresses that may not be watched', () => {
  checkCases(
    () => fleet,
    [
      ['a refused address', 'http://127.0.0.2/', 'down blocked', '127.0.0.2'],
      ['a name of a refused address', 'http://refused.test/', 'down blocked', '127.0.0.2'],
      [
        'a name with a refused address among others',
        'http://mixed.test{:http}/ok',
        'down blocked',
        '127.0.0.2',
      ],
      ['loopback when it is not allowed', '/ok', 'down blocked', 'ALLOW_PRIVATE_TARGETS', strict],
      ['loopback by name', 'http://localhost{:http}/ok', 'down blocked', '127.0.0.1', strict],
      [
        'loopback as one number',
        'http://2130706433{:http}/ok',
        'down blocked',
        '127.0.0.1',
        strict,
      ],
      ['loopback in hexadecimal', 'http://0x7f.1{:http}/ok', 'down blocked', '127.0.0.1', strict],
      ['loopback in octal', 'http://017700000001{:http}/ok', 'down blocked', '127.0.0.1', strict],
      ['loopback of IPv6', 'http://[::1]{:http}/ok', 'down blocked', '::1', strict],
      [
        'loopback mapped into IPv6',
        'http://[::ffff:127.0.0.1]{:http}/ok',
        'down blocked',
        '7f00',
        strict,
      ],
      [
        'loopback behind NAT64',
        'http://[64:ff9b::7f00:1]{:http}/ok',
        'down blocked',
        '7f00',
        strict,
      ],
      ['the unspecified address', 'http://0.0.0.0{:http}/ok', 'down blocked', 'never watched'],
    ],
  )
})
