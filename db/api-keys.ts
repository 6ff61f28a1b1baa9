import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What a key may do. `check` asks for checks; `write` does not include it, nor does either include `read`. */
export const apiScopes = ['read', 'write', 'check'] as const
export type ApiScope = (typeof apiScopes)[number]

const KEY_START = 'uptick_'
const KEY_BYTES = 32
/** Enough to tell keys apart in a list, and far too little to guess the rest. */
const PREFIX_LENGTH = KEY_START.length + 6
const keyForm = /^uptick_[A-Za-z0-9_-]{43}$/

export type NewKey = {
  /** 1 to 100 characters: who it is for. */
  readonly name: string
  readonly scopes: readonly ApiScope[]
  /** Null: it does not end by itself. */
  readonly expiresAtMs: number | null
}

export type ApiKey = {
  readonly id: number
  readonly name: string
  /** How it begins, `uptick_` and six characters. */
  readonly prefix: string
  readonly scopes: readonly ApiScope[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
  readonly revokedAtMs: number | null
}

/**
 * Makes a key. What is resolved to is the only sight of it there will ever be: its SHA-256 is kept.
 * @throws by a named constraint for a name or scopes that the table refuses.
 */
export async function createKey(
  db: Db,
  { name, scopes, expiresAtMs }: NewKey,
): Promise<{ readonly id: number; readonly key: string }> {
  const key = `${KEY_START}${randomBytes(KEY_BYTES).toString('base64url')}`
  const { id } = await db
    .insertInto('api_keys')
    .values({
      name,
      prefix: key.slice(0, PREFIX_LENGTH),
      hash: hashOf(key),
      scopes: apiScopes.filter((scope) => scopes.includes(scope)),
      expires_at: expiresAtMs === null ? null : new Date(expiresAtMs),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, key }
}

/** All keys, the newest first, those that are over among them. */
export async function listKeys(db: Db): Promise<readonly ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    select id, name, prefix, scopes, ${milliseconds('created_at')} as "createdAtMs",
      ${milliseconds('expires_at')} as "expiresAtMs", ${milliseconds('last_used_at')} as "lastUsedAtMs",
      ${milliseconds('revoked_at')} as "revokedAtMs"
    from api_keys order by id desc`.execute(db)
  return rows
}

export type Revocation = 'revoked' | 'revoked_before' | 'unknown'

/** Ends a key from the next request on. Its row stays, so that a log can still be read. */
export async function revokeKey(db: Db, id: number): Promise<Revocation> {
  const { rows } = await sql<{ was_revoked: boolean }>`
    with found as (select id, revoked_at from api_keys where id = ${id} for update)
    update api_keys k set revoked_at = coalesce(k.revoked_at, now())
    from found where k.id = found.id returning found.revoked_at is not null as was_revoked`.execute(
    db,
  )
  const [row] = rows
  if (row === undefined) return 'unknown'
  return row.was_revoked ? 'revoked_before' : 'revoked'
}

export type FoundKey =
  | { readonly outcome: 'valid'; readonly id: number; readonly scopes: readonly ApiScope[] }
  /** Told apart for the log. A caller learns only that the key does not open anything. */
  | { readonly outcome: 'expired' | 'revoked'; readonly id: number }
  | { readonly outcome: 'unknown' }

/** Looks a key up, and notes that it is used, at most once a minute. */
export async function findKey(db: Db, key: string): Promise<FoundKey> {
  if (!keyForm.test(key)) return { outcome: 'unknown' }
  const { rows } = await sql<KeyRow>`
    select id, scopes, revoked_at is not null as is_revoked, coalesce(expires_at <= now(), false) as is_expired,
      last_used_at is null or last_used_at < now() - interval '1 minute' as use_is_news
    from api_keys where hash = ${hashOf(key)}`.execute(db)
  const [row] = rows
  if (row === undefined) return { outcome: 'unknown' }
  if (row.is_revoked) return { outcome: 'revoked', id: row.id }
  if (row.is_expired) return { outcome: 'expired', id: row.id }
  if (row.use_is_news) await noteUse(db, row.id)
  return { outcome: 'valid', id: row.id, scopes: row.scopes }
}

type KeyRow = {
  readonly id: number
  readonly scopes: readonly ApiScope[]
  readonly is_revoked: boolean
  readonly is_expired: boolean
  readonly use_is_news: boolean
}

/** Of many requests in the same moment one writes. */
async function noteUse(db: Db, id: number): Promise<void> {
  await sql`
    update api_keys set last_used_at = now() where id = ${id}
      and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(db)
}

/** A key is 256 random bits: there is nothing to guess that a slow hash would slow down. */
function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function milliseconds(column: string) {
  return sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`
}
