import type { ApiKey } from '#db/api-keys.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Paint, Style } from '../paint.ts'
import { cell, type PaintedCell, paintedTable, type TableColumn } from '../painted-table.ts'

type KeyState = 'valid' | 'expired' | 'revoked'

const stateStyles: Readonly<Record<KeyState, Style>> = {
  valid: 'green',
  expired: 'yellow',
  revoked: 'dim',
}

const columns: readonly TableColumn[] = [
  { title: 'id', align: 'right' },
  { title: 'name', align: 'left', shrinks: true },
  { title: 'key', align: 'left' },
  { title: 'scopes', align: 'left' },
  { title: 'state', align: 'left' },
  { title: 'expires', align: 'left' },
  { title: 'last used', align: 'left' },
]

/** Keys for people, the newest first; ends with a line break. Pure. */
export function keyListText(
  keys: readonly ApiKey[],
  nowMs: number,
  frame: { readonly columns: number; readonly paint: Paint },
): string {
  if (keys.length === 0) return 'no keys: uptick key create --name NAME\n'
  const rows = keys.map((key) => keyCells(key, nowMs))
  return `${paintedTable({ columns, rows }, frame).join('\n')}\n`
}

function keyCells(key: ApiKey, nowMs: number): readonly PaintedCell[] {
  const state = stateOf(key, nowMs)
  const { expiresAtMs: expires, lastUsedAtMs: used } = key
  return [
    cell(String(key.id)),
    cell(key.name),
    cell(`${key.prefix}...`),
    cell(key.scopes.join(',')),
    cell(state, stateStyles[state]),
    cell(expires === null ? 'never' : new Date(expires).toISOString().slice(0, 10)),
    cell(used === null ? 'never' : `${humanDuration(nowMs - used)} ago`),
  ]
}

function stateOf({ expiresAtMs, revokedAtMs }: ApiKey, nowMs: number): KeyState {
  if (revokedAtMs !== null) return 'revoked'
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'valid'
}

/** Described in docs/cli.md. Pure. */
export function keyListJson(keys: readonly ApiKey[], nowMs: number): string {
  const shown = keys.map((key) => ({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    state: stateOf(key, nowMs),
    created_at: instant(key.createdAtMs),
    expires_at: instant(key.expiresAtMs),
    last_used_at: instant(key.lastUsedAtMs),
    revoked_at: instant(key.revokedAtMs),
  }))
  return `${JSON.stringify({ keys: shown })}\n`
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
