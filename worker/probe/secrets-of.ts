import type { Target } from '#shared/domain/check.ts'
import { secretNamesIn } from '#shared/domain/secret-reference.ts'
import { basicAuthorization } from './first-request.ts'
import type { ReadSecret } from './secret-files.ts'

const CREDENTIALS = /^(cookie|proxy-authorization)$|token|secret|key|auth|password|session/i
/** A part of a header that is shorter is a word that may stand anywhere. */
const PART_LENGTH_MIN = 8
const NONE: readonly string[] = []

/**
 * All that must not be told of a target: the values of the secrets it names, and of headers that
 * look like credentials although they are written in plain text.
 */
export function secretsOf(read: ReadSecret): (target: Target) => readonly string[] {
  return (target) => {
    const headers = Object.entries(target.headers)
    const { body, basicAuthUser: user, basicAuthPasswordSecret, bearerTokenSecret } = target
    if (headers.length === 0 && body === null && user === null && bearerTokenSecret === null) {
      return NONE
    }
    const texts = [...headers.map(([, value]) => value), body ?? '']
    const named = [...texts.flatMap(secretNamesIn), bearerTokenSecret ?? []].flat()
    const password = secretNamed(basicAuthPasswordSecret, read)
    return [
      ...named.flatMap((name) => secretNamed(name, read)),
      ...password.flatMap((value) => [value, ...partsOf(basicAuthorization(user ?? '', value))]),
      ...headers.flatMap(([name, value]) => (CREDENTIALS.test(name) ? partsOf(value) : [])),
    ]
  }
}

function secretNamed(name: string | null, read: ReadSecret): readonly string[] {
  const secret = name === null ? null : read(name)
  return secret?.outcome === 'read' ? [secret.text] : []
}

/** `Bearer abc`, `Basic dXNlcjpwYXNz`, `id=abc; theme=dark`: the whole, and each value that it is made of. */
function partsOf(value: string): readonly string[] {
  const words = value.split(/[\s;,]+/)
  const parts = words.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)])
  return [value, ...[...parts, ...passwordIn(value)].filter((one) => one.length >= PART_LENGTH_MIN)]
}

function passwordIn(value: string): readonly string[] {
  const encoded = /^basic\s+(\S+)$/i.exec(value)?.[1]
  if (encoded === undefined) return []
  const [, ...password] = Buffer.from(encoded, 'base64').toString().split(':')
  return [password.join(':')]
}
