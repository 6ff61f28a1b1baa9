import { describe, expect, test } from 'vitest'
import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import { webContext } from '../test/support/web-context.ts'
import { webApp } from './app.ts'
import type { Recorded } from './call-recorder.ts'

const TOKEN = '6f1f1a52-94ac-4a3a-9b52-6d1f5c0e8a11'
const up = { word: 'up', message: null, pingMs: null } as const
const down = { ...up, word: 'down' } as const

/** Sends a request to the whole app, with a recorder that answers the same to everything. */
async function send(path: string, init: RequestInit = {}, recorded: Recorded = 'recorded') {
  const calls: HeartbeatCall[] = []
  const record = async (call: HeartbeatCall) => {
    calls.push(call)
    return recorded
  }
  const app = webApp(webContext({ record }))
  const response = await app.request(path, init)
  return { status: response.status, text: await response.text(), headers: response.headers, calls }
}
const post = (body: string | Uint8Array<ArrayBuffer> | ReadableStream): RequestInit => ({
  method: 'POST',
  body,
  ...(body instanceof ReadableStream && { duplex: 'half' }),
})
const blanks = new Uint8Array(1_048_576).fill(0x20)
const endless = () => new ReadableStream({ pull: (stream) => stream.enqueue(blanks) })

describe('a push in the shape of Uptime Kuma', () => {
  const push = `/api/push/${TOKEN}`
  const cases: [string, string, RequestInit, Partial<HeartbeatCall>][] = [
    ['alone is a good beat', push, {}, up],
    [
      'with all three is what its own example shows',
      `${push}?status=up&msg=OK&ping=`,
      {},
      { ...up, message: 'OK' },
    ],
    ['takes a slash at the end', `${push}/`, {}, up],
    ['may be a POST, whose body is not read', push, post('status=down'), up],
    ['may be a HEAD', push, { method: 'HEAD' }, up],
    [
      'that says down is down',
      `${push}?status=down&msg=disk%20full`,
      {},
      { ...down, message: 'disk full' },
    ],
    ['that says anything but up is down', `${push}?status=UP`, {}, down],
    ['with an empty status is up', `${push}?status=`, {}, up],
    ['with two words goes by the first', `${push}?status=down&status=up`, {}, down],
    ['tells a time', `${push}?ping=12.5`, {}, { ...up, pingMs: 12.5 }],
    ['tells a time of nothing', `${push}?ping=0`, {}, { ...up, pingMs: 0 }],
    ['tells a day', `${push}?ping=86400000`, {}, { ...up, pingMs: 86_400_000 }],
    [
      'has a message of one line',
      `${push}?msg=a%0D%0Ab%00c%1B[31md`,
      {},
      { ...up, message: 'a b c [31md' },
    ],
    [
      'has a message in any script',
      `${push}?msg=%F0%9F%9A%80+%E2%80%AEok`,
      {},
      { ...up, message: '🚀 ok' },
    ],
    ['has a message with broken UTF-8', `${push}?msg=a%FFb`, {}, { ...up, message: 'a%FFb' }],
    [
      'has 500 characters of its message kept',
      `${push}?msg=${'x'.repeat(600)}`,
      {},
      { ...up, message: `${'x'.repeat(499)}…` },
    ],
    ['knows nothing of JavaScript in a query', `${push}?__proto__=x&constructor=y`, {}, up],
  ]
  test.each(cases)('%s', async (_, path, init, call) => {
    const { status, text, calls } = await send(path, init)
    expect(calls).toEqual([{ token: TOKEN, ...call }])
    expect([status, text]).toEqual([200, init.method === 'HEAD' ? '' : '{"ok":true}'])
  })

  test.each([
    ['a text', 'ping=fast'],
    ['a negative number', 'ping=-1'],
    ['more than a day', 'ping=86400001'],
    ['no number', 'ping=NaN'],
    ['no end', 'ping=Infinity'],
  ])('with %s for a time is refused, and records nothing', async (_, query) => {
    const { status, text, calls } = await send(`${push}?${query}`)
    expect([status, JSON.parse(text), calls]).toEqual([
      400,
      { ok: false, msg: 'ping must be a number of milliseconds from 0 to 86400000' },
      [],
    ])
  })
})

describe('a ping in the shape of Healthchecks', () => {
  const ping = `/ping/${TOKEN}`
  const cases: [string, string, RequestInit, Partial<HeartbeatCall>][] = [
    ['alone is a good beat', ping, {}, up],
    ['takes a slash at the end', `${ping}/`, {}, up],
    ['may be a HEAD', ping, { method: 'HEAD' }, up],
    ['takes a query that it does not know', `${ping}?rid=1&create=1`, {}, up],
    [
      'has its body as a message',
      ping,
      post('copied 3 files\n'),
      { ...up, message: 'copied 3 files' },
    ],
    ['says that a run starts', `${ping}/start`, {}, { ...up, word: 'start' }],
    ['that starts keeps no message', `${ping}/start`, post('begin'), { ...up, word: 'start' }],
    ['says that a run failed', `${ping}/fail`, {}, down],
    ['that failed says why', `${ping}/fail`, post('disk full'), { ...down, message: 'disk full' }],
    [
      'has a word for the record',
      `${ping}/log`,
      post('half done'),
      { ...up, word: 'log', message: 'half done' },
    ],
    ['with exit code 0 is good', `${ping}/0`, {}, up],
    ['with exit code 1 is bad', `${ping}/1`, {}, { ...down, message: 'exit code 1' }],
    [
      'with exit code 255 says why',
      `${ping}/255`,
      post('no space'),
      { ...down, message: 'exit code 255: no space' },
    ],
    ['has a body of lines as one', ping, post('a\r\nb\0c'), { ...up, message: 'a b c' }],
    [
      'has what is no UTF-8 replaced',
      ping,
      post(new Uint8Array([0x61, 0xff])),
      { ...up, message: 'a\uFFFD' },
    ],
    ['has a body of blanks as none', ping, post(' \n'), up],
    [
      'has 500 characters of its body kept',
      ping,
      post('x'.repeat(20_000)),
      { ...up, message: `${'x'.repeat(499)}…` },
    ],
    ['may have a body without end', `${ping}/fail`, post(endless()), down],
  ]
  test.each(cases)('%s', async (_, path, init, call) => {
    const { status, text, calls } = await send(path, init)
    expect(calls).toEqual([{ token: TOKEN, ...call }])
    expect([status, text]).toEqual([200, init.method === 'HEAD' ? '' : 'OK'])
  })

  test('whose body breaks off is refused, and records nothing', async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(new Error('gone')) })
    const { status, text, calls } = await send(ping, { method: 'POST', body, duplex: 'half' })
    expect([status, text, calls]).toEqual([400, '(body broken off)', []])
  })
})

describe('what became of a call', () => {
  test.each([
    ['recorded', 200, '{"ok":true}', 'OK', null],
    ['unknown', 404, '{"ok":false,"msg":"Monitor not found or not active."}', '(not found)', null],
    [
      'too_often',
      429,
      '{"ok":false,"msg":"Too many calls: at most 5 a second."}',
      '(rate limited)',
      '1',
    ],
    [
      'unavailable',
      503,
      '{"ok":false,"msg":"Not recorded, please try again."}',
      '(not recorded, please try again)',
      '1',
    ],
  ] as const)('%s is told in both dialects', async (recorded, status, json, text, retryAfter) => {
    const push = await send(`/api/push/${TOKEN}`, {}, recorded)
    expect([push.status, push.text]).toEqual([status, json])
    const ping = await send(`/ping/${TOKEN}`, {}, recorded)
    expect([ping.status, ping.text, ping.headers.get('retry-after')]).toEqual([
      status,
      text,
      retryAfter,
    ])
  })
})

describe('a request that is no call', () => {
  test.each([
    ['to nowhere', '/nowhere', 'not found'],
    ['to a push without a token', '/api/push', 'not found'],
    ['to a ping without a token', '/ping/', 'not found'],
    ['with one part too many', `/ping/${TOKEN}/start/now`, 'not found'],
    ['that climbs out', '/ping/../etc/passwd', 'not found'],
    ['that climbs out in disguise', '/ping/%2e%2e%2fetc%2fpasswd', '(not found)'],
    ['with a token that is too short', '/ping/1234567', '(not found)'],
    ['with a token that is too long', `/ping/${'x'.repeat(129)}`, '(not found)'],
    ['with a NUL in its token', '/ping/12345678%00', '(not found)'],
    ['with a quote in its token', "/ping/12345678'--", '(not found)'],
    ['with broken percent signs', '/ping/%E0%A4%A', '(not found)'],
    ['with an action that there is not', `/ping/${TOKEN}/stop`, '(not found)'],
    ['with an exit code that there is not', `/ping/${TOKEN}/256`, '(not found)'],
    ['with a negative exit code', `/ping/${TOKEN}/-1`, '(not found)'],
    ['with a slug below a key', `/ping/${TOKEN}/nightly-backup`, '(not found)'],
  ])('%s is not found, and records nothing', async (_, path, text) => {
    const answer = await send(path)
    expect([answer.status, answer.text, answer.calls]).toEqual([404, text, []])
  })

  test.each(['OPTIONS', 'PUT', 'PATCH', 'DELETE'])('by %s is not allowed', async (method) => {
    for (const path of [`/api/push/${TOKEN}`, `/ping/${TOKEN}`, `/ping/${TOKEN}/fail`]) {
      const { status, text, headers, calls } = await send(path, { method })
      expect([status, text, headers.get('allow'), calls]).toEqual([405, '', 'GET, HEAD, POST', []])
    }
  })

  test('that a bug of ours meets is told no more than that', async () => {
    const record = async () => {
      throw new Error(`secret ${TOKEN}`)
    }
    const app = webApp(webContext({ record }))
    const response = await app.request(`/ping/${TOKEN}`)
    expect([response.status, await response.text()]).toEqual([500, 'internal error'])
  })

  test('is answered as all are: not to be kept, sniffed or passed on', async () => {
    for (const path of ['/', `/ping/${TOKEN}`, '/ping/1234567']) {
      const { headers } = await send(path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('server')).toBeNull()
    }
  })
})
