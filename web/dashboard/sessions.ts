import { createHash, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'

/** Who has logged in, kept by nobody but their browser: several web processes agree without a word. */
export type Sessions = {
  isPassword(text: string): boolean
  begin(context: Context): Promise<void>
  isOpen(context: Context): Promise<boolean>
  end(context: Context): void
}

export type SessionOptions = {
  readonly password: string
  /** Whether the world reaches us by https alone. */
  readonly isSecure: boolean
  readonly nowMs: () => number
}

const COOKIE = 'uptick_session'
const LIFE_MS = 7 * 24 * 3_600_000
/** Fixed, so that every process derives the same key; what it is for sets it apart from other uses. */
const KEY_SALT = 'uptick dashboard session 1'
const KEY_BYTES = 32

/**
 * Sessions are cookies that say until when, signed by a key of the password: a new password ends
 * them all. The key is slow to derive, so that a cookie that leaks does not give the password away.
 */
export function openSessions({ password, isSecure, nowMs }: SessionOptions): Sessions {
  const digest = digestOf(password)
  let derived: Buffer<ArrayBuffer> | null = null
  const key = () => {
    derived ??= Buffer.from(scryptSync(password, KEY_SALT, KEY_BYTES))
    return derived
  }
  const scope = { path: '/dashboard', secure: isSecure } as const
  return {
    isPassword: (text) => timingSafeEqual(digestOf(text), digest),
    begin: (context) =>
      setSignedCookie(context, COOKIE, String(nowMs() + LIFE_MS), key(), {
        ...scope,
        httpOnly: true,
        sameSite: 'Strict',
        maxAge: LIFE_MS / 1000,
      }),
    async isOpen(context) {
      const until = await getSignedCookie(context, key(), COOKIE)
      return typeof until === 'string' && Number(until) > nowMs()
    },
    end: (context) => void deleteCookie(context, COOKIE, scope),
  }
}

/** Of one length, so that a comparison takes one time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
