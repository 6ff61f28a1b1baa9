import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { siteProblem } from '#shared/domain/site.ts'
import { commandHelp } from '../command-help.ts'
import { checkOptions } from './check-options.ts'
import { checkShape } from './check-shape.ts'
import { readCheck } from './read-check.ts'

const URL = 'https://example.test/'
const SCHEMES = 'http://, https://, tcp://, tls://, dns: or icmp://'

function problemsOf(args: readonly string[], env = {}): readonly string[] {
  const wish = readCheck(args, env)
  return wish.outcome === 'refused' ? wish.problems : []
}

function siteOf(args: readonly string[]) {
  const wish = readCheck(args, {})
  if (wish.outcome !== 'check') throw new Error(JSON.stringify(wish))
  return wish.site
}

describe('the options', () => {
  const options = checkOptions.flatMap((group) => group.options)
  const columns = options.flatMap(({ says }) => ('column' in says ? says.column : []))
  const fields = Object.keys({ ...defaultTarget, ...defaultExpectation })

  test.each(fields.filter((field) => field !== 'heartbeat'))('have one for %s', (field) => {
    expect(columns).toContain(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  })

  test.each(options.map(({ name }) => name))('are all in the help: --%s', (name) => {
    expect(commandHelp(checkShape)).toMatch(new RegExp(`^  --${name}( |$)`, 'm'))
  })
})

describe('a site by hand', () => {
  test('is by default what a row with a URL alone is', () => {
    expect(siteOf([URL])).toMatchObject({ ...defaultTarget, ...defaultExpectation, url: URL })
  })

  test.each([
    ['a number', ['--timeout-ms', '100'], { timeoutMs: 100 }],
    ['a value behind an equals sign', ['--method=POST'], { method: 'POST' }],
    ['a value that begins with a dash', ['--body-contains', '-5'], { bodyContains: '-5' }],
    ['a flag that says no', ['--no-verify-tls'], { verifyTls: false }],
    ['a flag that says yes', ['--sla-is-failure', '--sla-ms=9'], { slaIsFailure: true, slaMs: 9 }],
    ['a header', ['--header', 'X-A: b: c'], { headers: { 'X-A': 'b: c' } }],
    ['two headers', ['--header=X-A:1', '--header=X-B:2'], { headers: { 'X-A': '1', 'X-B': '2' } }],
    [
      'headers that must be there, and match',
      ['--expected-header', 'etag', '--expected-header', 'content-type=^a=b'],
      { expectedHeaders: { etag: null, 'content-type': '^a=b' } },
    ],
    [
      'conditions, one each time',
      ['--condition', '[STATUS] == 200', '--condition', '[BODY] == pat(*)'],
      { conditions: '[STATUS] == 200\n[BODY] == pat(*)' },
    ],
  ])('%s', (_, args, expected) => {
    expect(siteOf([...args, URL])).toMatchObject(expected)
  })

  test('has its options before the URL, behind it, or before a --', () => {
    const sites = [
      ['--method=PUT', URL],
      [URL, '--method=PUT'],
      ['--method=PUT', '--', URL],
    ].map(siteOf)
    expect(sites.map(({ method, url }) => [method, url])).toEqual(sites.map(() => ['PUT', URL]))
  })
})

describe('a usage error', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['no URL', [], ['URL: is missing']],
    ['an empty URL', [''], ['URL: is missing']],
    ['two URLs', [URL, URL], ['URL: one at a time, not 2']],
    [
      'a URL without its scheme',
      ['example.test/x'],
      ['URL: "example.test/x" has no scheme: did you mean https://example.test/x?'],
    ],
    ['a scheme that is none of ours', ['ftp://a'], [`URL: "ftp://a" must begin with ${SCHEMES}`]],
    [
      'credentials without a scheme, not shown',
      ['user:hunter2@example.test'],
      [`URL: must begin with ${SCHEMES}, and hold no credentials`],
    ],
    [
      'credentials in a URL, not shown',
      ['https://user:hunter2@example.test/'],
      ['URL: must not hold credentials; use --basic-auth-user and --basic-auth-password-secret'],
    ],
    [
      'a heartbeat',
      ['heartbeat:a-token-of-mine'],
      ['URL: a heartbeat cannot be checked by hand: there the job calls, and nobody else'],
    ],
    ['a port out of range', ['tcp://127.0.0.1:0'], ['URL: port 0 is not from 1 to 65535']],
    [
      'an option that is nearly one',
      ['--metod', 'PUT', URL],
      ['unknown option --metod: did you mean --method?'],
    ],
    ['an option of every object', ['--constructor', URL], ['unknown option --constructor']],
    ['an option without its value', [URL, '--method'], ['--method: needs a value, METHOD']],
    [
      'an option for a value',
      ['--method', '--json', URL],
      ['--method: needs a value; if --json is meant, write --method=--json'],
    ],
    ['an empty value', [URL, '--body-contains='], ['--body-contains: must not be empty']],
    ['a value for a flag', [URL, '--json=yes'], ['--json: takes no value']],
    ['an option twice', [URL, '--method=PUT', '--method=GET'], ['--method: is given 2 times']],
    [
      'a header twice, in other letters',
      [URL, '--header=X-A: 1', '--header=x-a: 2'],
      ['--header: "X-A" is given twice'],
    ],
    [
      'a header without a name, not shown',
      [URL, '--header', 'hunter2'],
      ["--header: must be 'NAME: VALUE'"],
    ],
    ['no header name', [URL, '--header', 'a b: c'], ['--header: "a b" is not a header name']],
    [
      'every wrong value at once, in the words of the options',
      ['--timeout-ms=5', '--value-operator==', '--tls-ca-file=/a.pem', '--secrets-dir=/', URL],
      [
        '--timeout-ms: "5" must be a whole number from 100 to 60000',
        '--tls-ca-file: "/a.pem" must be the name of a file in SECRETS_DIR, without a path',
        '--value-operator: "=" must be one of ==, !=, <, <=, >, >=, contains, exists',
      ],
    ],
    [
      'wrong values beside a wrong URL',
      ['example.test', '--timeout-ms=x'],
      [
        'URL: "example.test" has no scheme: did you mean https://example.test?',
        '--timeout-ms: "x" must be a whole number from 100 to 60000',
      ],
    ],
    [
      'options that exclude each other',
      [URL, '--json-path=a', '--body-regex=a'],
      ['--json-path and --body-regex exclude each other'],
    ],
    [
      'a regex that is none',
      [URL, '--body-regex=('],
      ['--body-regex: "(" cannot be compiled: missing closing ): `(`'],
    ],
    [
      'an option without meaning for the kind',
      ['tcp://127.0.0.1:1', '--method=PUT'],
      ['--method: has no meaning for the kind tcp'],
    ],
    [
      'a kind that the URL is not',
      [URL, '--kind=tcp'],
      ['--kind: tcp does not go with a url of http'],
    ],
    [
      'names of files without their folder',
      [URL, '--bearer-token-secret=token', '--header=X-A: {{secret:a}}', '--header=X-B: b'],
      [
        '--bearer-token-secret: names a file, and needs --secrets-dir',
        '--header: names a file, and needs --secrets-dir',
      ],
    ],
    [
      'a name server that is none',
      [URL, '--dns-servers=ns.example.test'],
      [expect.stringContaining('--dns-servers: "ns.example.test" is not an address')],
    ],
    [
      'neither true nor false',
      [URL, '--allow-private-targets=maybe'],
      ['--allow-private-targets: "maybe" must be true or false'],
    ],
  ])('%s', (_, args, problems) => {
    expect(problemsOf(args)).toEqual(problems)
  })
})

test('whatever the arguments, there is a check, the help, or what is wrong', () => {
  const options = checkOptions.flatMap((group) => group.options.map(({ name }) => `--${name}`))
  const word = fc.oneof(
    fc.constantFrom(...options, URL, '--', '-h', '--__proto__'),
    fc.tuple(fc.constantFrom(...options), fc.string()).map(([name, value]) => `${name}=${value}`),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (args) => {
      const wish = readCheck(args, {})
      if (wish.outcome === 'refused') expect(wish.problems).not.toEqual([])
      else if (wish.outcome === 'check') expect(siteProblem(wish.site)).toBeNull()
      // Letters may stand together behind one dash.
      else expect(args.some((arg) => /^-[^-].*h|^-h|^--help$/s.test(arg))).toBe(true)
    }),
  )
})

describe('where it is asked from', () => {
  const mannerOf = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const wish = readCheck([URL, ...args], env)
    return wish.outcome === 'check' ? wish.manner : wish
  }
  const worker = { SECRETS_DIR: '/s', DNS_SERVERS: '127.0.0.1', ALLOW_PRIVATE_TARGETS: 'false' }

  test('is as for a worker of this environment', () => {
    expect(mannerOf([], worker)).toEqual({
      secretsDir: '/s',
      dnsServers: ['127.0.0.1'],
      allowPrivateTargets: false,
    })
  })

  test('options win over it', () => {
    const options = ['--secrets-dir=/t', '--dns-servers=::1', '--allow-private-targets=true']
    expect(mannerOf(options, worker)).toEqual({
      secretsDir: '/t',
      dnsServers: ['::1'],
      allowPrivateTargets: true,
    })
  })

  test('what is wrong with it is told by the name of the setting', () => {
    expect(problemsOf([URL], { DNS_SERVERS: 'nowhere' })).toEqual([
      expect.stringContaining('DNS_SERVERS: "nowhere" is not an address'),
    ])
  })
})

test('contradictions are those of the table, in the same words', () => {
  const root = path.join(import.meta.dirname, '../..')
  const reasonsIn = (file: string) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/reason: '([^']+)'/g)]
      .map(([, reason]) => reason)
      .filter((reason) => !reason?.startsWith('heartbeat'))
  expect(reasonsIn('site-file/contradictions.ts')).toEqual(reasonsIn('db/contradictory-rows.ts'))
})
