import { type ApiKey, createKey, listKeys, type Revocation, revokeKey } from '#db/api-keys.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand, usageRefusal } from '../read-command.ts'
import { keyListJson, keyListText } from './key-list-text.ts'
import { keyCreateShape, keyListShape, keyRevokeShape } from './key-shapes.ts'
import { readNewKey } from './read-new-key.ts'

/** Ids are bigints; what is beyond cannot be one of ours. */
const ID_DIGITS_MAX = 15

/** `uptick key create`: the key stands alone on its line, for whoever pipes it on. */
export const keyCreateCommand: Command = async ({ args, env }) => {
  const reading = readCommand(keyCreateShape, args)
  if (reading.outcome === 'ended') return reading.end
  const wish = readNewKey(reading.said, Date.now())
  if (wish.outcome === 'refused') return usageRefusal(keyCreateShape, wish.problems)
  return withDatabase({ command: 'key create', rights: 'change', env }, async (db) => {
    const { id, key } = await createKey(db, wish.key)
    const { scopes, expiresAtMs } = wish.key
    if (reading.said.has('json'))
      return done(`${JSON.stringify({ id, key, ...shown(wish.key) })}\n`)
    const until = expiresAtMs === null ? '' : `, until ${new Date(expiresAtMs).toISOString()}`
    const err = `key ${id} for ${scopes.join(', ')}${until}. It is shown this once: keep it.\n`
    return { exitCode: exitCodes.done, out: `${key}\n`, err }
  })
}

function shown({ name, scopes, expiresAtMs }: Pick<ApiKey, 'name' | 'scopes' | 'expiresAtMs'>) {
  return { name, scopes, expires_at: expiresAtMs === null ? null : new Date(expiresAtMs) }
}

/** `uptick key list`. */
export const keyListCommand: Command = async ({ args, env, terminal }) => {
  const reading = readCommand(keyListShape, args)
  if (reading.outcome === 'ended') return reading.end
  return withDatabase({ command: 'key list', rights: 'read', env }, async (db) => {
    const keys = await listKeys(db)
    const nowMs = Date.now()
    return done(
      reading.said.has('json') ? keyListJson(keys, nowMs) : keyListText(keys, nowMs, terminal),
    )
  })
}

/** `uptick key revoke ID...`: all that can be revoked are, and what is unknown is told. */
export const keyRevokeCommand: Command = async ({ args, env }) => {
  const reading = readCommand(keyRevokeShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { words } = reading.said
  const strangers = words.filter((word) => !/^\d+$/.test(word) || word.length > ID_DIGITS_MAX)
  if (strangers.length > 0) {
    const problems = strangers.map((word) => `ID: ${JSON.stringify(word)} is none: uptick key list`)
    return usageRefusal(keyRevokeShape, problems)
  }
  return withDatabase({ command: 'key revoke', rights: 'change', env }, async (db) => {
    const ended: { id: number; outcome: Revocation }[] = []
    for (const id of words.map(Number)) ended.push({ id, outcome: await revokeKey(db, id) })
    const exitCode = ended.some(({ outcome }) => outcome === 'unknown')
      ? exitCodes.refused
      : exitCodes.done
    if (reading.said.has('json')) {
      return { exitCode, out: `${JSON.stringify({ keys: ended })}\n`, err: '' }
    }
    const lines = ended.map(({ id, outcome }) => `key ${id} ${revocationWords[outcome]}\n`)
    return { exitCode, out: lines.join(''), err: '' }
  })
}

const revocationWords: Readonly<Record<Revocation, string>> = {
  revoked: 'is revoked',
  revoked_before: 'was revoked before',
  unknown: 'is not there: uptick key list',
}

function done(out: string): CommandEnd {
  return { exitCode: exitCodes.done, out, err: '' }
}
