import { raw } from './behaviour.ts'
import { short, statusOk, type Theme } from './theme.ts'

const lax = { verifyTls: false }

export const tls: Theme = {
  title: 'TLS',
  behaviours: {
    // What many servers say to whoever speaks TLS to their plain port.
    '/tls-on-plain-port': raw('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
  },
  cases: [
    ['a certificate that is in order', 'https://localhost{:valid}/ok', 'up'],
    ['and of an address', 'https://{valid}/ok', 'up'],
    ['one with its intermediate', 'https://localhost{:chained}/ok', 'up'],
    ['one that ends in seven days', 'https://localhost{:expiring}/ok', 'up'],
    ['an expired one', 'https://localhost{:expired}/ok', 'down tls_cert', 'has expired'],
    ['one of tomorrow', 'https://localhost{:notYetValid}/ok', 'down tls_cert', 'not valid yet'],
    ['one for another host', 'https://localhost{:wrongHost}/ok', 'down tls_cert', 'another name'],
    ['one for a name, asked by address', 'https://{named}/ok', 'down tls_cert', 'another name'],
    ['a self-signed one', 'https://localhost{:selfSigned}/ok', 'down tls_cert', 'self-signed'],
    [
      'one without its intermediate',
      'https://localhost{:unchained}/ok',
      'down tls_cert',
      'intermediate certificate is missing',
    ],
    ['one signed with SHA-1', 'https://localhost{:sha1}/ok', 'down tls_cert', 'a weak signature'],
    ['one of a stranger', 'https://localhost{:stranger}/ok', 'down tls_cert', 'not trusted'],
    ['a chain of 100', 'https://localhost{:longChain}/ok', 'down tls_cert', 'issuer'],
    ['one with a NUL in its name', 'https://localhost{:nulName}/ok', 'down tls_cert', 'name'],
    ['an expired one that does not matter', 'https://localhost{:expired}/ok', 'up', '', lax],
    ['a wrong host that does not matter', 'https://localhost{:wrongHost}/ok', 'up', '', lax],
    ['a self-signed one that does not matter', 'https://localhost{:selfSigned}/ok', 'up', '', lax],
    ['a long chain that does not matter', 'https://localhost{:longChain}/ok', 'up', '', lax],
    ['no close_notify after a whole answer', 'https://localhost{:curt}/ok', 'up'],
    [
      'no close_notify after a body without a length',
      'https://localhost{:curt}/until-closed',
      'up',
    ],
    [
      'a body cut short below TLS',
      'https://localhost{:curt}/close-in-body',
      'down reset',
      'closed before',
      statusOk,
    ],
    ['TLS on an HTTP port', 'https://{http}/', 'down tls_handshake', 'wrong version number'],
    ['HTTP on a TLS port', 'http://{valid}/', 'down reset', ''],
    [
      'a TLS port that stays mute',
      'https://{mute}/',
      'down connect_timeout',
      'no TLS handshake',
      short,
    ],
    ['a handshake cut short', 'https://{shakyHands}/', 'down tls_handshake', 'TLS handshake'],
    [
      'a server for HTTP/2 alone',
      'https://localhost{:h2Only}/ok',
      'down protocol',
      'does not speak the HTTP version',
    ],
    ['a server of TLS 1.1', 'https://localhost{:tls11}/ok', 'down tls_handshake', 'TLS handshake'],
    [
      'a server that wants our certificate',
      'https://localhost{:mutual}/ok',
      'down tls_handshake',
      'certificate required',
    ],
  ],
}
