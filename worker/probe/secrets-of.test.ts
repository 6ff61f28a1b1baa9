import { expect, test } from 'vitest'
import { defaultTarget, type Target } from '#shared/domain/check.ts'
import type { ReadSecret } from './secret-files.ts'
import { secretsOf } from './secrets-of.ts'

const files: Readonly<Record<string, string>> = { password: 'p4ssword', token: 't0ken' }
const read: ReadSecret = (name) => {
  const text = files[name]
  return text === undefined
    ? { outcome: 'unusable', reason: 'there is no such file' }
    : { outcome: 'read', text, version: '1' }
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each<[string, Partial<Target>, readonly string[]]>([
  ['none, of a site that says nothing', {}, []],
  [
    'a password, alone and with its user',
    { basicAuthUser: 'me', basicAuthPasswordSecret: 'password' },
    ['p4ssword', `Basic ${base64('me:p4ssword')}`, base64('me:p4ssword')],
  ],
  ['a token', { bearerTokenSecret: 'token' }, ['t0ken']],
  ['what a header names', { headers: { Accept: 'a/{{secret:token}}' } }, ['t0ken']],
  ['what the body names', { body: '{{secret:token}}{{secret:password}}' }, ['t0ken', 'p4ssword']],
  ['nothing of a file that is not there', { bearerTokenSecret: 'missing' }, []],
  ['nothing of a harmless header', { headers: { Accept: 'text/plain' } }, []],
  ['a key in plain text', { headers: { 'X-Api-Key': 'k3y-of-mine' } }, ['k3y-of-mine']],
  [
    'a token with its scheme and without',
    { headers: { AUTHORIZATION: 'Bearer b34rer-token' } },
    ['Bearer b34rer-token', 'b34rer-token'],
  ],
  [
    'the password within basic auth by hand',
    { headers: { authorization: `Basic ${base64('me:l0ng:password')}` } },
    ['l0ng:password', base64('me:l0ng:password')],
  ],
  [
    'the values of a cookie, but for the short',
    { headers: { Cookie: 'theme=dark; sid=0123456789' } },
    ['theme=dark; sid=0123456789', '0123456789'],
  ],
])('of a target: %s', (_, target, expected) => {
  const secrets = secretsOf(read)({ ...defaultTarget, url: 'https://a.test/', ...target })
  expect(secrets).toEqual(expect.arrayContaining([...expected]))
  if (expected.length === 0) expect(secrets).toEqual([])
  expect(secrets).not.toContain('dark')
})
