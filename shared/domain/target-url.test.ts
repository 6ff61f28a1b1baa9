import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CheckKind, checkKinds } from './check.ts'
import { normalTargetUrl, targetUrlProblem } from './target-url.ts'

const longLabel = 'a'.repeat(64)

describe('the URL of a check is handed on in its normal form', () => {
  test.each<[string, CheckKind, string, string]>([
    ['HTTP as browsers do', 'http', 'HTTPS://Example.COM:443', 'https://example.com/'],
    ['TCP with its port', 'tcp', 'tcp://db.example.com:5432', 'tcp://db.example.com:5432'],
    ['a port keeps no leading zeros', 'tcp', 'tcp://a.example:00080', 'tcp://a.example:80'],
    ['the smallest port', 'tcp', 'tcp://a.example:1', 'tcp://a.example:1'],
    ['the greatest port', 'tcp', 'tcp://a.example:65535', 'tcp://a.example:65535'],
    [
      'scheme and name in lower case',
      'tcp',
      'TCP://DB.Example.com:5432',
      'tcp://db.example.com:5432',
    ],
    [
      'an international name in punycode',
      'tcp',
      'tcp://bücher.example:80',
      'tcp://xn--bcher-kva.example:80',
    ],
    [
      'an IPv6 address in brackets, shortest',
      'tcp',
      'tcp://[0:0:0:0:0:0:0:1]:80',
      'tcp://[::1]:80',
    ],
    ['an IPv4 address as one number', 'tcp', 'tcp://2130706433:80', 'tcp://127.0.0.1:80'],
    ['an IPv4 address in hexadecimal', 'icmp', 'icmp://0x7f.1', 'icmp://127.0.0.1'],
    ['digits of full width', 'icmp', 'icmp://１２７.0.0.1', 'icmp://127.0.0.1'],
    ['a final dot stays: it keeps search domains away', 'tcp', 'tcp://web.:80', 'tcp://web.:80'],
    ['TLS without a port', 'tls', 'tls://example.com', 'tls://example.com'],
    ['TLS without the port that it means', 'tls', 'tls://example.com:443', 'tls://example.com'],
    ['TLS with another port', 'tls', 'tls://[::1]:8443', 'tls://[::1]:8443'],
    ['DNS asks for A by default', 'dns', 'dns:example.com', 'dns:example.com?type=A'],
    ['a type in upper case', 'dns', 'dns:example.com?type=mx', 'dns:example.com?type=MX'],
    ['a name of DNS without its final dot', 'dns', 'dns:Example.com.', 'dns:example.com?type=A'],
    [
      'a name with underscores',
      'dns',
      'dns:_dmarc.example.com?type=TXT',
      'dns:_dmarc.example.com?type=TXT',
    ],
    [
      'the name of an address',
      'dns',
      'dns:1.0.0.127.in-addr.arpa?type=PTR',
      'dns:1.0.0.127.in-addr.arpa?type=PTR',
    ],
    [
      'a server without the port that it means',
      'dns',
      'dns://ns1.example:53/a.example',
      'dns://ns1.example/a.example?type=A',
    ],
    [
      'a server with a port',
      'dns',
      'dns://[::1]:5353/a.example?type=SOA',
      'dns://[::1]:5353/a.example?type=SOA',
    ],
    ['ICMP', 'icmp', 'icmp://Example.com', 'icmp://example.com'],
    ['ICMP of IPv6', 'icmp', 'icmp://[::1]', 'icmp://[::1]'],
    ['a heartbeat without its token', 'heartbeat', 'heartbeat:Nightly-Backup_1', 'heartbeat:'],
  ])('%s', (_, kind, text, normal) => {
    expect(targetUrlProblem(kind, text)).toBeNull()
    expect(normalTargetUrl(kind, text)).toBe(normal)
  })
})

describe('a URL is refused', () => {
  test.each<[string, CheckKind, string, string]>([
    ['HTTP of another scheme', 'http', 'ftp://a.example', 'ftp: is not http or https'],
    ['HTTP with a password', 'http', 'http://u:hunter2@a.example', 'must not hold credentials'],
    ['nothing', 'tcp', '', '"" is not tcp://'],
    ['another scheme', 'tcp', 'https://a.example:80', '"https:" is not tcp://'],
    ['no scheme', 'tcp', 'a.example:80', '"a.example:" is not tcp://'],
    ['no host', 'tcp', 'tcp://:80', 'the host is missing'],
    ['TCP without a port', 'tcp', 'tcp://a.example', '"a.example" has no port'],
    ['an empty port', 'tcp', 'tcp://a.example:', '"a.example:" is not a name'],
    ['port 0', 'tcp', 'tcp://a.example:0', 'port 0 is not from 1 to 65535'],
    ['a port beyond all ports', 'tls', 'tls://a.example:65536', 'port 65536 is not'],
    ['a port that is no number', 'tcp', 'tcp://a.example:http', '"a.example:http" is not a name'],
    ['a negative port', 'tcp', 'tcp://a.example:-1', '"a.example:-1" is not a name'],
    ['a path', 'tcp', 'tcp://a.example:80/', '"a.example:80/" is not a name'],
    ['a query', 'tls', 'tls://a.example?x=1', '"a.example?x=1" is not a name'],
    [
      'a password, which is not shown',
      'tcp',
      'tcp://u:hunter2@a.example:80',
      'must not hold credentials',
    ],
    ['an IPv6 address without brackets', 'tcp', 'tcp://::1:80', 'in brackets'],
    ['brackets around what is no address', 'icmp', 'icmp://[1]', '"[1]" is not'],
    ['a zone of IPv6', 'icmp', 'icmp://[fe80::1%25eth0]', 'is not a name or an address'],
    ['an address of five numbers', 'icmp', 'icmp://1.2.3.4.5', '"1.2.3.4.5" is not'],
    ['a port for ICMP', 'icmp', 'icmp://a.example:80', '"a.example:80" is not a name'],
    ['a space', 'icmp', 'icmp://a b', '"a b" is not'],
    ['a line break', 'tcp', 'tcp://a.example\r\n:80', 'is not a name'],
    ['U+0000', 'tcp', 'tcp://a\u0000b:80', 'is not a name'],
    ['a backslash', 'tcp', 'tcp://a\\b:80', 'is not a name'],
    ['an option for ping', 'icmp', "icmp://'-f'", 'is not a name'],
    ['an empty label', 'icmp', 'icmp://a..b', '"a..b" is not'],
    ['a label of 64 letters', 'icmp', `icmp://${longLabel}.example`, 'longer than a name can be'],
    ['a name of 254 characters', 'icmp', `icmp://${'a.'.repeat(127)}`, 'longer than a name can be'],
    ['DNS without a name', 'dns', 'dns:', 'the host is missing'],
    ['a server without a name', 'dns', 'dns://127.0.0.1', 'not of the form'],
    ['a server that is none', 'dns', 'dns://127.0.0.1:0/a.example', 'of its server, port 0'],
    ['a name that is an address', 'dns', 'dns:127.0.0.1?type=PTR', '127.0.0.1 is an address'],
    ['an IPv6 address as a name', 'dns', 'dns:[::1]', '::1 is an address'],
    ['a type that we cannot ask for', 'dns', 'dns:a.example?type=HINFO', '"type=HINFO" is not'],
    ['an empty type', 'dns', 'dns:a.example?type=', '"type=" is not'],
    ['two types', 'dns', 'dns:a.example?type=A&type=MX', '"type=A&type=MX" is not'],
    ['another question', 'dns', 'dns:a.example?class=IN', '"class=IN" is not'],
    ['a short token, which is not shown', 'heartbeat', 'heartbeat:hunter2', '8 to 128'],
    ['a token with a path', 'heartbeat', 'heartbeat:../../../etc', '8 to 128'],
    ['no token', 'heartbeat', 'heartbeat:', '8 to 128'],
  ])('%s', (_, kind, text, part) => {
    const problem = targetUrlProblem(kind, text)
    expect(problem).toContain(part)
    expect(problem).not.toContain('hunter2')
  })
})

describe('for any text', () => {
  const kinds = fc.constantFrom(...checkKinds.filter((kind) => kind !== 'heartbeat'))
  const starts = fc.constantFrom(
    '',
    'tcp://',
    'tls://',
    'dns:',
    'dns://',
    'icmp://',
    'heartbeat:',
    'http://',
  )
  const texts = fc
    .tuple(starts, fc.oneof(fc.string(), fc.webAuthority(), fc.domain()))
    .map((parts) => parts.join(''))

  test('there is a verdict, and the normal form has no problem and stays as it is', () => {
    fc.assert(
      fc.property(kinds, texts, (kind, text) => {
        if (targetUrlProblem(kind, text) !== null) return
        const normal = normalTargetUrl(kind, text)
        expect(targetUrlProblem(kind, normal)).toBeNull()
        expect(normalTargetUrl(kind, normal)).toBe(normal)
      }),
      { numRuns: 2_000 },
    )
  })
})
