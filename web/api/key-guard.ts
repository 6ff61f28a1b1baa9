import { createHash } from 'node:crypto'
import { type ApiScope, findKey } from '#db/api-keys.ts'
import type { Db } from '#db/connect.ts'
import type { Log } from '#shared/runtime/log.ts'
import { type Answer, problem } from './answer.ts'
import { type Rate, RateLimit, type Taken } from './rate-limit.ts'

/** Of each key, in each process of web. */
export const KEY_RATE: Rate = { burst: 60, everyMs: 50 }
/** Of keys that open nothing, from one address; and from all of them together. */
export const WRONG_KEY_RATE: Rate = { burst: 10, everyMs: 6_000 }
export const WRONG_KEYS_RATE: Rate = { burst: 200, everyMs: 50 }
/** Keys that have opened something: a guesser behind the same proxy does not lock them out. */
const TRUSTED_MAX = 1_000
const EVERYBODY = ''

export type Admission =
  | {
      readonly outcome: 'admitted'
      readonly scopes: readonly ApiScope[]
      readonly headers: Readonly<Record<string, string>>
    }
  | { readonly outcome: 'refused'; readonly answer: Answer }

type Asking = { readonly authorization: string | null; readonly caller: string }

/** Decides by its key whether a request may be answered. What it counts, it counts in this process. */
export class KeyGuard {
  readonly #db: Db
  readonly #nowMs: () => number
  readonly #log: Log
  readonly #ofKey = new RateLimit(KEY_RATE)
  readonly #ofCaller = new RateLimit(WRONG_KEY_RATE)
  readonly #ofAll = new RateLimit(WRONG_KEYS_RATE)
  readonly #trusted = new Set<string>()

  constructor({ db, nowMs, log }: { db: Db; nowMs: () => number; log: Log }) {
    this.#db = db
    this.#nowMs = nowMs
    this.#log = log
  }

  async admit({ authorization, caller }: Asking, scope: ApiScope): Promise<Admission> {
    const key = /^Bearer +([\x21-\x7e]{1,200}) *$/i.exec(authorization ?? '')?.[1]
    if (key === undefined) return refuse(noKey())
    const waitMs = this.#waitOf(key, caller)
    if (waitMs > 0) return refuse(tooOften('keys that open nothing', waitMs))
    const found = await findKey(this.#db, key)
    if (found.outcome === 'valid') return this.#welcome(key, caller, found, scope)
    this.#trusted.delete(fingerprint(key))
    if (found.outcome !== 'unknown') {
      this.#log.warn({ key_id: found.id, outcome: found.outcome }, 'a key that is over was shown')
    }
    return refuse(badKey())
  }

  /** Counted before it is known whether it counts: many at once must not slip through. */
  #waitOf(key: string, caller: string): number {
    if (this.#trusted.has(fingerprint(key))) return 0
    const nowMs = this.#nowMs()
    const ofCaller = this.#ofCaller.take(caller, nowMs)
    return ofCaller.outcome === 'admitted'
      ? this.#ofAll.take(EVERYBODY, nowMs).waitMs
      : ofCaller.waitMs
  }

  #welcome(
    key: string,
    caller: string,
    { id, scopes }: { readonly id: number; readonly scopes: readonly ApiScope[] },
    scope: ApiScope,
  ): Admission {
    this.#trust(fingerprint(key), caller)
    const taken = this.#ofKey.take(String(id), this.#nowMs())
    const headers = rateHeaders(taken)
    if (taken.outcome === 'too_many') {
      return refuse(tooOften('requests of this key', taken.waitMs, headers))
    }
    if (!scopes.includes(scope)) return refuse(missingScope(scope, scopes, headers))
    return { outcome: 'admitted', scopes, headers }
  }

  #trust(known: string, caller: string): void {
    if (this.#trusted.has(known)) return
    this.#ofCaller.giveBack(caller, this.#nowMs())
    this.#ofAll.giveBack(EVERYBODY, this.#nowMs())
    this.#trusted.add(known)
    const [oldest] = this.#trusted
    if (this.#trusted.size > TRUSTED_MAX && oldest !== undefined) this.#trusted.delete(oldest)
  }
}

function fingerprint(key: string): string {
  return createHash('sha256').update(key).digest('base64')
}

/** By the draft of the IETF's httpapi group: the policy, what is left of it, and when it will be whole again. */
function rateHeaders({ remaining, restMs }: Taken): Readonly<Record<string, string>> {
  const windowSeconds = Math.ceil((KEY_RATE.burst * KEY_RATE.everyMs) / 1_000)
  return {
    'ratelimit-policy': `"key";q=${KEY_RATE.burst};w=${windowSeconds}`,
    ratelimit: `"key";r=${remaining};t=${Math.ceil(restMs / 1_000)}`,
  }
}

function noKey(): Answer {
  return problem('no-key', 'send a key: Authorization: Bearer uptick_...', {
    headers: { 'www-authenticate': 'Bearer realm="uptick"' },
  })
}

/** Whether it was never known, is revoked or has expired, only the log says. */
function badKey(): Answer {
  return problem('bad-key', 'this key is unknown or over: uptick key list shows those there are', {
    headers: { 'www-authenticate': 'Bearer realm="uptick", error="invalid_token"' },
  })
}

function missingScope(
  scope: ApiScope,
  scopes: readonly ApiScope[],
  headers: Readonly<Record<string, string>>,
): Answer {
  const challenge = `Bearer realm="uptick", error="insufficient_scope", scope="${scope}"`
  return problem(
    'missing-scope',
    `this needs the scope ${scope}; the key has ${scopes.join(', ')}`,
    {
      headers: { ...headers, 'www-authenticate': challenge },
    },
  )
}

function tooOften(what: string, waitMs: number, headers = {}): Answer {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000))
  return problem('too-often', `too many ${what}: try again in ${seconds} s`, {
    headers: { ...headers, 'retry-after': String(seconds) },
  })
}

function refuse(answer: Answer): Admission {
  return { outcome: 'refused', answer }
}
