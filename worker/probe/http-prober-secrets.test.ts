import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'
import { type RequestRecorder, startRequestRecorder } from '../../test/support/request-recorder.ts'

const PASSWORD = 'p4ss:w"ord'
const TOKEN = 't0ken-of-the-api'
const BASIC = Buffer.from(`user:${PASSWORD}`).toString('base64')

let probe: HttpProbe
let site: RequestRecorder
let elsewhere: RequestRecorder

beforeAll(async () => {
  elsewhere = await startRequestRecorder()
  site = await startRequestRecorder({
    answer: (request, response) => {
      if (request.url === '/away') {
        response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/` }).end()
      } else if (request.url === '/on') {
        response.writeHead(302, { location: '/' }).end()
      } else {
        // It tells everything that it was told.
        response.writeHead(request.url === '/broken' ? 500 : 200)
        const { authorization = '', cookie = '', 'x-token': token = '' } = request.headers
        const told = [authorization, cookie, token, encodeURIComponent(PASSWORD), PASSWORD, TOKEN]
        response.end(JSON.stringify({ told }))
      }
    },
  })
})
beforeEach(async () => {
  probe = await openHttpProbe()
  await probe.keep('password', `${PASSWORD}\n`)
  await probe.keep('token', TOKEN)
  return probe.end
})
afterAll(() => Promise.all([site.stop(), elsewhere.stop()]))

const url = (path = '/') => `http://127.0.0.1:${site.port}${path}`
const basic = { basicAuthUser: 'user', basicAuthPasswordSecret: 'password' }
const bearer = { bearerTokenSecret: 'token' }

describe('what a site gets to see of a secret', () => {
  test.each([
    ['a password, with the user', basic, `Basic ${BASIC}`],
    ['a token', bearer, `Bearer ${TOKEN}`],
    [
      'a token in place of a header of the same name',
      { ...bearer, headers: { Authorization: 'mine' } },
      `Bearer ${TOKEN}`,
    ],
    [
      'a secret amid a header',
      { headers: { authorization: 'Key {{secret:token}}, v=1' } },
      `Key ${TOKEN}, v=1`,
    ],
    [
      'what only looks like a reference as it is',
      { headers: { authorization: '{{secret}} {secret:token}' } },
      '{{secret}} {secret:token}',
    ],
  ])('%s', async (_, ask, authorization) => {
    const { result } = await probe.look(url(), ask)
    expect(result.result).toBe('up')
    expect(site.seen.at(-1)?.headers.authorization).toBe(authorization)
  })

  test('several secrets in a body, none of them looked through for references', async () => {
    await probe.keep('nested', '{{secret:token}}')
    const body = '{"a":"{{secret:token}}","b":"{{secret:nested}}"}'
    await probe.look(url(), { method: 'POST', body })
    expect(site.seen.at(-1)?.body).toBe(`{"a":"${TOKEN}","b":"{{secret:token}}"}`)
  })

  test.each([
    ['a password', basic],
    ['a token', bearer],
    ['a header', { headers: { authorization: '{{secret:token}}' } }],
    ['a cookie', { headers: { Cookie: 'id=12345678' } }],
  ])('%s stays with the origin through redirects, and crosses to no other', async (_, ask) => {
    const within = site.seen.length
    await probe.look(url('/on'), ask)
    const secrets = ({ headers }: (typeof site.seen)[number]) => [
      headers.authorization,
      headers.cookie,
    ]
    expect(site.seen.slice(within).map(secrets)).toEqual([
      secrets(site.seen[within] ?? expect.fail()),
      secrets(site.seen[within] ?? expect.fail()),
    ])
    await probe.look(url('/away'), ask)
    expect(elsewhere.seen.at(-1)?.headers).not.toHaveProperty('authorization')
    expect(elsewhere.seen.at(-1)?.headers).not.toHaveProperty('cookie')
  })
})

describe('a secret that cannot be used is a fault of ours', () => {
  test.each([
    [
      'a password that is not there',
      { basicAuthUser: 'user', basicAuthPasswordSecret: 'missing' },
      'basic_auth_password_secret: the secret "missing" cannot be used: there is no such file',
    ],
    [
      'a token that is not there',
      { bearerTokenSecret: 'missing' },
      'bearer_token_secret: the secret "missing"',
    ],
    [
      'one that a header names',
      { headers: { 'X-Token': '{{secret:missing}}' } },
      'headers: "X-Token": the secret "missing"',
    ],
    [
      'one that the body names',
      { method: 'POST', body: '{{secret:missing}}' },
      'body: the secret "missing"',
    ],
    [
      'a name that would leave the folder',
      { headers: { 'X-Token': '{{secret:../../etc/passwd}}' } },
      'it is no name of a file',
    ],
    ['a line break in a header', { headers: { 'X-Token': '{{secret:lines}}' } }, 'line break'],
    ['a line break in a token', { bearerTokenSecret: 'lines' }, 'line break'],
    [
      'a line break in a password',
      { basicAuthUser: 'user', basicAuthPasswordSecret: 'lines' },
      'line break',
    ],
    ['an empty file', { bearerTokenSecret: 'empty' }, 'its file is empty'],
    ['a file of more than 8 KiB', { bearerTokenSecret: 'large' }, 'larger than 8 KiB'],
  ])('%s', async (_, ask, part) => {
    await probe.keep('lines', 'se\r\ncret')
    await probe.keep('empty', '\n')
    await probe.keep('large', 'x'.repeat(8 * 1024 + 1))
    const requests = site.seen.length
    const { result } = await probe.look(url(), ask)
    expect(result).toMatchObject({ result: 'inconclusive', failure: null })
    expect(result.message).toContain(part)
    expect(result.message).not.toContain('se\r\ncret')
    expect(site.seen).toHaveLength(requests)
  })

  test('a worker without a folder of secrets says so', async () => {
    const bare = await openHttpProbe({ withoutSecrets: true })
    const { result } = await bare.look(url(), bearer)
    await bare.end()
    expect(result.message).toBe(
      'bearer_token_secret: the secret "token" cannot be used: this worker has no SECRETS_DIR',
    )
  })
})

test.each([
  ['a password', basic],
  ['a token', bearer],
  ['a secret in a header', { headers: { 'X-Token': 'a {{secret:token}}' } }],
  ['a header that looks like a credential', { headers: { 'X-Token': 'plain-but-private' } }],
  ['a cookie', { headers: { Cookie: 'theme=dark; id=plain-but-private' } }],
  ['basic auth by hand', { headers: { Authorization: `Basic ${BASIC}` } }],
])('a site that tells its visitors what they said betrays nothing: %s', async (_, ask) => {
  const { result } = await probe.look(url(), { ...ask, jsonPath: 'told', expectedValue: 'x' })
  expect(result.result).toBe('down')
  const texts = JSON.stringify(result)
  for (const secret of [BASIC, 'plain-but-private']) expect(texts).not.toContain(secret)
  if ('basicAuthUser' in ask) {
    expect(texts).not.toContain('p4ss')
  } else if (JSON.stringify(ask).includes('token')) {
    expect(texts).not.toContain(TOKEN)
  }
  expect(result.extractedValue).toContain('***')
})
