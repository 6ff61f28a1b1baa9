import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../test/support/certificates.ts'
import { type NameServer, startNameServer } from '../test/support/name-server.ts'
import { type RequestRecorder, startRequestRecorder } from '../test/support/request-recorder.ts'
import { startTalkingServer, type TalkingServer } from '../test/support/talking-server.ts'

/** `scripts/uptick` as a person or a script starts it, against servers on loopback. */

const uptick = path.join(import.meta.dirname, 'uptick')
const SECRET = 'hunter2-hunter2'

type Ended = { readonly code: number | string | null; readonly out: string; readonly err: string }

const answer: RequestListener = ({ url, headers }, response) => {
  if (url === '/redirect') return response.writeHead(302, { location: '/' }).end()
  if (url === '/503') return response.writeHead(503).end('out of order')
  if (url === '/echo') return response.end(`{"token":"${headers.authorization}"}`)
  if (url === '/hang') return response
  return response.end('{"status":"DEGRADED"}')
}

let page: RequestRecorder
let secure: RequestRecorder
let port: TalkingServer
let names: NameServer
let folder: string
let ca: string
beforeAll(async () => {
  const certificates = await makeCertificates()
  ca = certificates.ca
  page = await startRequestRecorder({ answer })
  secure = await startRequestRecorder({ answer, certificate: certificates.valid })
  port = await startTalkingServer((socket) => socket.end('220 mail\r\n'))
  names = await startNameServer({ 'a.example.test': { A: [[127, 0, 0, 9]] } })
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-cli-'))
  await writeFile(path.join(folder, 'ca.pem'), ca)
  await writeFile(path.join(folder, 'token'), `${SECRET}\n`)
})
afterAll(async () => {
  await Promise.all([page.stop(), secure.stop(), port.stop(), names.stop()])
  await rm(folder, { recursive: true })
})

/** Places that are known only once the servers run. */
function filledIn(arg: string): string {
  return arg
    .replace('PAGE', `http://127.0.0.1:${page.port}`)
    .replace('SECURE', `https://localhost:${secure.port}`)
    .replace('TLS', `tls://localhost:${secure.port}`)
    .replace('PORT', `tcp://127.0.0.1:${port.port}`)
    .replace('NAMES', names.address)
    .replace('FOLDER', folder)
}

function run(args: readonly string[], { env = {}, program = uptick } = {}): Promise<Ended> {
  const { NO_COLOR, FORCE_COLOR, ...usual } = process.env
  return new Promise((resolve) => {
    const options = { env: { ...usual, ...env }, cwd: folder }
    execFile(program, args.map(filledIn), options, (error, out, err) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), out, err })
    })
  })
}

describe('uptick check', () => {
  test.each<[string, readonly string[], number, readonly (string | RegExp)[]]>([
    ['a page', ['PAGE/'], 0, [/^UP {2}http:.* in \d+(\.\d)? ms\n/, 'status 200', 'HTTP/1.1', '█']],
    ['a page that fails', ['PAGE/503'], 1, [/^DOWN {2}status: /, '✗', 'out of order']],
    ['a redirect', ['PAGE/redirect'], 0, ['1. 302 from 127.0.0.1', '2. 200 from 127.0.0.1']],
    ['one that is the answer', ['PAGE/redirect', '--max-redirects=0'], 1, ['status 302']],
    ['no listener', ['tcp://127.0.0.1:1'], 1, [/^DOWN {2}refused: /]],
    [
      'a time that is up',
      ['PAGE/hang', '--timeout-ms=200'],
      1,
      [/^DOWN {2}timeout: /, 'waiting', '- [STATUS] == 200-299   not reached'],
    ],
    [
      'a condition that is not met',
      ['PAGE/', '--condition', '[BODY].status == "OK"'],
      1,
      ['✓ [STATUS] == 200-299', '✗ [BODY].status == "OK"', '"DEGRADED"'],
    ],
    [
      'a condition that is met',
      ['PAGE/', '--condition', '[BODY].status == "DEGRADED"'],
      0,
      [/^UP/, '✓ [BODY].status == "DEGRADED"'],
    ],
    [
      'a certificate of nobody',
      ['SECURE/'],
      1,
      [/^DOWN {2}tls_cert: /, 'issued by Uptick test authority', 'not trusted: '],
    ],
    ['one that may be so', ['SECURE/', '--no-verify-tls'], 0, [/^UP/, 'not trusted: ']],
    [
      'a certificate of a file',
      ['SECURE/', '--tls-ca-file=ca.pem', '--secrets-dir=FOLDER'],
      0,
      [/localhost, expires in 89d/, /SHA-256 [0-9A-F:]{95}/],
    ],
    [
      'a certificate alone, that soon expires',
      ['TLS', '--tls-ca-file=ca.pem', '--secrets-dir=FOLDER', '--cert-days-min=100'],
      1,
      [/^DOWN {2}tls_cert: /],
    ],
    ['a port', ['PORT'], 0, [/^UP {2}tcp:/]],
    ['what it says', ['PORT', '--body-regex=^220 (\\w+)'], 0, ['value  mail']],
    [
      'a record',
      ['dns://NAMES/a.example.test', '--expected-value=127.0.0.9'],
      0,
      [/^UP {2}dns:/, '✓ a record == "127.0.0.9"'],
    ],
    ['a name that is not there', ['dns:b.example.test', '--dns-servers=NAMES'], 1, ['DOWN  dns: ']],
    ['loopback, where that is refused', ['PAGE/', '--allow-private-targets=false'], 1, ['blocked']],
    [
      'a secret that is not there',
      ['PAGE/', '--bearer-token-secret=none', '--secrets-dir=FOLDER'],
      3,
      [/^INCONCLUSIVE {2}.*"none"/],
    ],
  ])('%s', async (_, args, code, parts) => {
    const ended = await run(['check', ...args])
    expect(ended).toMatchObject({ code, err: '' })
    for (const part of parts)
      expect(ended.out).toMatch(typeof part === 'string' ? literal(part) : part)
  })

  test('looks once', async () => {
    const before = page.seen.length
    await run(['check', 'PAGE/once'])
    expect(page.seen.slice(before).map(({ path: at }) => at)).toEqual(['/once'])
  })

  test('sends a secret and never tells it, in either form', async () => {
    const args = ['check', 'PAGE/echo', '--bearer-token-secret=token', '--secrets-dir=FOLDER']
    const rules = ['--condition', '[BODY].token == "Bearer x"', '--body-contains=nothing']
    const texts = await Promise.all([run([...args, ...rules]), run([...args, ...rules, '--json'])])
    expect(page.seen.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`)
    for (const { out, code } of texts) {
      expect(code).toBe(1)
      expect(out).toContain('***')
      expect(out).not.toContain('hunter2')
    }
  })

  test('as JSON has every field, in the words of the result record', async () => {
    const { code, out, err } = await run(['check', 'PAGE/503', '--json'])
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(JSON.parse(out)).toEqual({
      url: filledIn('PAGE/503'),
      kind: 'http',
      checked_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      result: 'down',
      failure: 'status',
      message: 'status 503, expected 200-299',
      status_code: 503,
      latency_ms: expect.any(Number),
      dns_ms: null,
      connect_ms: expect.any(Number),
      tls_ms: null,
      ttfb_ms: expect.any(Number),
      hops: [],
      remote_address: '127.0.0.1',
      http_version: '1.1',
      response_bytes: 12,
      extracted_value: null,
      sla_met: null,
      cert_expires_at: null,
      certificate: null,
      excerpt: 'out of order',
      assertions: [{ rule: '[STATUS] == 200-299', outcome: 'not_met', seen: '503' }],
    })
  })

  test('as JSON has no field that its reference leaves out', async () => {
    const reference = await readFile(path.join(import.meta.dirname, '../docs/cli.md'), 'utf8')
    const { out } = await run(['check', 'PAGE/', '--json'])
    const fields = Object.keys(JSON.parse(out))
    expect(fields.filter((field) => !reference.includes(`\`${field}\``))).toEqual([])
  })

  test('with a usage error says all of it on stderr, and looks at nothing', async () => {
    const before = page.seen.length
    const { code, out, err } = await run(['check', 'PAGE/', '--metod=GET', '--timeout-ms=1'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('unknown option --metod: did you mean --method?')
    expect(err).toContain('--timeout-ms: "1" must be a whole number from 100 to 60000')
    expect(page.seen.length).toBe(before)
  })

  test('whose output nobody reads to its end keeps its verdict', async () => {
    const child = start(['check', 'PAGE/503'])
    child.stdout.destroy()
    expect(await endOf(child)).toMatchObject({ code: 1, err: '' })
  })

  test('that meets a bug of ours says so, and calls nobody down', async () => {
    const bug = 'Date.now=()=>{throw(Error(`bug`))}'
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${bug}` }
    const { code, out, err } = await run(['check', 'PORT'], { env })
    expect({ code, out }).toEqual({ code: 70, out: '' })
    expect(err).toMatch(/^uptick: a bug of ours, or a broken installation: Error: bug/)
  })

  test('ends at once by Ctrl-C', async () => {
    const before = page.seen.length
    const child = start(['check', 'PAGE/hang', '--timeout-ms=60000'])
    await expect.poll(() => page.seen.length, { timeout: 10_000 }).toBe(before + 1)
    child.kill('SIGINT')
    // A shell says 130 of this.
    expect(await endOf(child)).toEqual({ code: null, signal: 'SIGINT', err: '' })
  })
})

describe('colours', () => {
  const red = '\u001b[31mDOWN'
  test.each<[string, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['are left out where the output is no terminal', [], {}, false],
    ['are there when forced', [], { FORCE_COLOR: '1' }, true],
    ['are left out with --no-color', ['--no-color'], { FORCE_COLOR: '1' }, false],
    ['are left out with NO_COLOR', [], { NO_COLOR: '1' }, false],
  ])('%s', async (_, args, env, isRed) => {
    const { out } = await run(['check', 'tcp://127.0.0.1:1', ...args], { env })
    expect(out.startsWith(red)).toBe(isRed)
  })
})

describe('uptick', () => {
  test.each<[string, readonly string[], number, string]>([
    ['alone shows what there is', [], 2, 'usage: uptick COMMAND'],
    ['help', ['help'], 0, 'usage: uptick COMMAND'],
    ['--help', ['--help'], 0, 'uptick check https://example.com'],
    ['help check', ['help', 'check'], 0, 'usage: uptick check URL'],
    ['report', ['report'], 2, 'usage: uptick report COMMAND'],
    ['report --help', ['report', '--help'], 0, 'report uptime   how long each site was up'],
    ['help report', ['help', 'report'], 0, 'report slo'],
    ['report uptime --help', ['report', 'uptime', '--help'], 0, '--policy NAME'],
    ['help report uptime', ['help', 'report', 'uptime'], 0, '--policy NAME'],
    ['a report that there is none of', ['report', 'uptim'], 2, 'did you mean uptime?'],
    ['check --help', ['check', '--help'], 0, '--expected-status CODES'],
    ['check -h', ['check', '-h', '--nonsense'], 0, '--expected-status CODES'],
    ['--version', ['--version'], 0, 'uptick 0.1.0'],
    ['an unknown command', ['chek'], 2, 'unknown command "chek": did you mean check?'],
    ['a name of every object', ['constructor'], 2, 'unknown command "constructor"'],
  ])('%s', async (_, args, code, part) => {
    const ended = await run(args)
    expect(ended.code).toBe(code)
    expect(code === 0 ? ended.out : ended.err).toContain(part)
  })

  test('is found through symlinks, absolute and relative, from any folder', async () => {
    await symlink(uptick, path.join(folder, 'absolute'))
    await symlink('absolute', path.join(folder, 'relative'))
    const ended = await run(['--version'], { program: path.join(folder, 'relative') })
    expect(ended).toEqual({ code: 0, out: 'uptick 0.1.0\n', err: '' })
  })

  test('without its dependencies says what to do', async () => {
    const scripts = path.join(folder, 'empty checkout', 'scripts')
    await cp(uptick, path.join(scripts, 'uptick'))
    const { code, err } = await run(['--version'], { program: path.join(scripts, 'uptick') })
    expect(code).toBe(70)
    expect(err).toContain('run make install first')
  })
})

test('make report hands on what is asked, and where there is no database it says so', async () => {
  const root = path.dirname(import.meta.dirname)
  const args = ['--no-print-directory', '-C', root, '-o', 'node_modules/.installed', 'report']
  const wish = { REPORT: 'slo', SINCE: '1d', FORMAT: 'json', ARGS: "--site 'a b'" }
  const env = { ...wish, DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' }
  const ended = await run(args, { program: 'make', env })
  // make itself turns every code but 0 into 2.
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toContain('uptick report slo: the database at 127.0.0.1:1/x does not answer')
  expect(ended.err).not.toContain('hunter2')
})

test('make check-url hands on a URL and options as they are written', async () => {
  const before = page.seen.length
  const url = filledIn('PAGE/a$b?c=$(d)&e="f"\'g;h')
  const root = path.dirname(import.meta.dirname)
  const variables = [`URL=${url}`, `ARGS=--json --header 'X-A: one two' --body-regex '"}$'`]
  // Not the place to install anything, however old what is installed looks.
  const args = ['--no-print-directory', '-C', root, '-o', 'node_modules/.installed']
  const ended = await run([...args, 'check-url', ...variables], { program: 'make' })
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(ended.out)).toMatchObject({ result: 'up', url: new URL(url).href })
  expect(page.seen.slice(before)).toMatchObject([{ headers: { 'x-a': 'one two' } }])
})

function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(uptick, args.map(filledIn))
}

async function endOf(child: ChildProcessWithoutNullStreams) {
  let err = ''
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  return new Promise((resolve) => {
    child.once('close', (code, signal) =>
      resolve(signal === null ? { code, err } : { code, signal, err }),
    )
  })
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
}
