import { type ApiScope, apiScopes, type NewKey } from '#db/api-keys.ts'
import { parseDuration } from '#shared/domain/duration.ts'
import { suggestion } from '#shared/domain/nearest-name.ts'
import type { Said } from '../read-command.ts'

export type NewKeyReading =
  | { readonly outcome: 'read'; readonly key: NewKey }
  | { readonly outcome: 'refused'; readonly problems: readonly string[] }

const NAME_MAX = 100
const EXPIRES_MIN_MS = 60_000
const EXPIRES_MAX_MS = 10 * 366 * 86_400_000

/** What key the options ask for; `nowMs` is when it begins. Pure. */
export function readNewKey(said: Said, nowMs: number): NewKeyReading {
  const name = said.text('name') ?? ''
  const words = (said.text('scope') ?? 'read').split(',').map((word) => word.trim())
  const lifeMs = lifeOf(said.text('expires'))
  const problems = [
    ...nameProblems(name),
    ...words.filter((word) => !isScope(word)).map(scopeProblem),
    ...(typeof lifeMs === 'string' ? [lifeMs] : []),
  ]
  if (typeof lifeMs === 'string' || problems.length > 0) return { outcome: 'refused', problems }
  const expiresAtMs = lifeMs === null ? null : nowMs + lifeMs
  return { outcome: 'read', key: { name, scopes: words.filter(isScope), expiresAtMs } }
}

function nameProblems(name: string): readonly string[] {
  if (name.trim() === '') return ['--name: is missing: say who the key is for']
  if (name.length > NAME_MAX) return [`--name: must be at most ${NAME_MAX} characters`]
  return /\p{Cc}/u.test(name) ? ['--name: must not hold control characters'] : []
}

function isScope(word: string): word is ApiScope {
  return apiScopes.some((scope) => scope === word)
}

function scopeProblem(word: string): string {
  const all = apiScopes.join(', ')
  return `--scope: ${JSON.stringify(word)} must be one of ${all}${suggestion(word, apiScopes)}`
}

/** Milliseconds, or what is wrong. */
function lifeOf(text: string | null): number | null | string {
  if (text === null) return null
  const ms = parseDuration(text)
  if (ms !== null && ms >= EXPIRES_MIN_MS && ms <= EXPIRES_MAX_MS) return ms
  return `--expires: ${JSON.stringify(text)} must be a duration from 1m to 10 years: 12h, 90d, 52w`
}
