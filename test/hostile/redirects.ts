import { answer, type Behaviour, fieldOf, held, queryOf, raw } from './behaviour.ts'
import type { Theme } from './theme.ts'

/** The query says where to: `/redirect?http://...`. */
function redirect(status: number): Behaviour {
  return (socket, request) => answer(status, '', { location: queryOf(request) })(socket, request)
}

const secret = { authorization: 'Bearer s3cret', 'x-api-key': 's3cret' }
const ofAnotherOrigin = { headers: secret, expectedStatus: '401' }

export const redirects: Theme = {
  title: 'redirects',
  behaviours: {
    '/redirect': redirect(302),
    '/redirect-301': redirect(301),
    '/redirect-303': redirect(303),
    '/redirect-307': redirect(307),
    '/redirect-308': redirect(308),
    '/redirect-300': redirect(300),
    '/redirect-305': redirect(305),
    '/loop': answer(302, '', { location: '/loop' }),
    '/ping': answer(302, '', { location: '/pong' }),
    '/pong': answer(302, '', { location: '/ping' }),
    '/countdown': (socket, request) => {
      const left = Number(queryOf(request)) - 1
      answer(302, '', { location: left === 0 ? '/ok' : `/countdown?${left}` })(socket, request)
    },
    '/no-location': answer(302, ''),
    '/empty-location': answer(302, '', { location: '' }),
    '/two-locations': raw('HTTP/1.1 302 Found\r\nlocation: /ok\r\nlocation: /json\r\n\r\n'),
    '/long-location': answer(302, '', { location: `/ok?${'a'.repeat(10_000)}` }),
    '/location-in-capitals': raw(
      'HTTP/1.1 302 Found\r\nLOCATION: /ok\r\ncontent-length: 0\r\n\r\n',
    ),
    '/location-of-bytes': raw('HTTP/1.1 302 Found\r\nlocation: /ok?\xff\xfe\r\n\r\n'),
    '/redirect-without-its-body': held(
      'HTTP/1.1 302 Found\r\nlocation: /ok\r\ncontent-length: 10\r\n\r\n',
    ),
    '/needs-a-secret': (socket, request) => {
      const isGiven = [fieldOf(request, 'authorization'), fieldOf(request, 'x-api-key')].join('')
      answer(isGiven.includes('s3cret') ? 200 : 401, '')(socket, request)
    },
  },
  cases: [
    ['a redirect is followed', '/redirect?/ok', 'up'],
    ['301 too', '/redirect-301?/ok', 'up'],
    ['303 too', '/redirect-303?/ok', 'up'],
    ['307 too', '/redirect-307?/ok', 'up'],
    ['308 too', '/redirect-308?/ok', 'up'],
    ['300 is an answer', '/redirect-300?/ok', 'down status', 'status 300'],
    ['305 is an answer', '/redirect-305?/ok', 'down status', 'status 305'],
    ['a redirect whose body never comes is followed', '/redirect-without-its-body', 'up'],
    ['a Location in capitals is followed', '/location-in-capitals', 'up'],
    ['a Location of strange bytes is followed', '/location-of-bytes', 'up'],
    ['a Location of 10,000 characters is followed', '/long-location', 'up'],
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
    ['as many redirects as allowed', '/countdown?5', 'up'],
    ['one redirect more', '/countdown?6', 'down redirect', 'more than 5 redirects'],
    ['21 redirects', '/countdown?21', 'down redirect', 'more than 20', { maxRedirects: 20 }],
    ['redirects in a circle', '/loop', 'down redirect', 'more than 5 redirects'],
    ['redirects to and fro', '/ping?/pong', 'down redirect', 'more than 5 redirects'],
    ['a redirect to nowhere', '/no-location', 'down redirect', 'without one Location'],
    ['a redirect to an empty place', '/empty-location', 'down redirect', 'without one Location'],
    ['a redirect to two places', '/two-locations', 'down redirect', 'without one Location'],
    ['a redirect to a file', '/redirect?file:///etc/passwd', 'down redirect', 'to file:'],
    ['a redirect to a script', '/redirect?javascript:alert(1)', 'down redirect', 'to javascript:'],
    ['a redirect to data', '/redirect?data:text/plain,ok', 'down redirect', 'to data:'],
    ['a redirect to FTP', '/redirect?ftp://127.0.0.1/', 'down redirect', 'to ftp:'],
    ['a redirect to what is no URL', '/redirect?http://[', 'down redirect', 'no URL'],
    ['a redirect to port 0', '/redirect?http://127.0.0.1:0/', 'down redirect', 'port 0'],
    ['a redirect to port 65536', '/redirect?http://127.0.0.1:65536/', 'down redirect', 'no URL'],
    ['a redirect to a closed port', '/redirect?http://{closed}/', 'down refused', 'refused'],
    ['a redirect to a name that does not exist', '/redirect?http://missing.test/', 'down dns', ''],
    ['a redirect to a server that hangs up', '/redirect?http://{rst}/', 'down reset', 'reset'],
    ['a redirect to a bad status', '/redirect?/error', 'down status', 'status 503'],
    [
      'a redirect to a refused address',
      '/redirect?http://127.0.0.2{:http}/ok',
      'down blocked',
      '127.0.0.2',
    ],
    ['the same, spelled as a number', '/redirect?http://2130706434{:http}/ok', 'down blocked', ''],
    ['the same, as a name', '/redirect?http://refused.test/', 'down blocked', '127.0.0.2'],
    ['the same, without a scheme', '/redirect?//refused.test/', 'down blocked', '127.0.0.2'],
    ['the same, behind backslashes', '/redirect?\\\\refused.test/', 'down blocked', '127.0.0.2'],
    [
      'the same, at the second hop',
      '/redirect?/redirect?http://127.0.0.2{:http}/ok',
      'down blocked',
      '127.0.0.2',
    ],
    ['from HTTP to HTTPS', '/redirect?https://localhost{:valid}/ok', 'up'],
    ['from HTTPS to HTTP', 'https://localhost{:valid}/redirect?http://{http}/ok', 'up'],
    [
      'from HTTP to HTTPS with a bad certificate',
      '/redirect?https://localhost{:expired}/ok',
      'down tls_cert',
      'has expired',
    ],
    ['a secret is sent to its site', '/needs-a-secret', 'up', '', { headers: secret }],
    ['and to another page of it', '/redirect?/needs-a-secret', 'up', '', { headers: secret }],
    [
      'a secret is not sent to another port',
      '/redirect?http://{elsewhere}/needs-a-secret',
      'up',
      '',
      ofAnotherOrigin,
    ],
    [
      'nor to another name',
      '/redirect?http://up.test{:http}/needs-a-secret',
      'up',
      '',
      ofAnotherOrigin,
    ],
    [
      'nor to another scheme',
      'https://localhost{:valid}/redirect?http://localhost{:http}/needs-a-secret',
      'up',
      '',
      ofAnotherOrigin,
    ],
    [
      'nor back to its own site after a detour',
      '/redirect?http://{elsewhere}/redirect?http://{http}/needs-a-secret',
      'up',
      '',
      ofAnotherOrigin,
    ],
    [
      'a body does not cross to another origin',
      '/redirect-307?http://{elsewhere}/ok',
      'down redirect',
      'another origin',
      { method: 'POST', body: 'secret' },
    ],
  ],
}
