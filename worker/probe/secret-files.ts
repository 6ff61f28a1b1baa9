import { readFileSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { isSecretName } from '#shared/domain/secret-reference.ts'

/** `version` changes with the content. `reason` continues "cannot be used: ". */
export type SecretFile =
  | { readonly outcome: 'read'; readonly text: string; readonly version: string }
  | { readonly outcome: 'unusable'; readonly reason: string }

/** What the file of this name holds, without its last line break. Never throws. */
export type ReadSecret = (name: string) => SecretFile

export type SecretFilesOptions = {
  /** Null: there are none. */
  readonly folder: string | null
  /** A larger file is refused. */
  readonly bytesMax: number
  readonly nowMs?: () => number
}

/** The longest header value that any server takes. */
export const SECRET_BYTES_MAX = 8 * 1024
/** Room for a bundle of every public authority. */
export const PEM_BYTES_MAX = 1024 * 1024
/** How stale a secret may be: one that was replaced is soon in use, and no check waits for the disk. */
const CHECK_EVERY_MS = 5_000
/** Names come from the database: what is kept of them is bounded. */
const FILES_MAX = 1_000

type Kept = { readonly checkedAtMs: number; readonly file: SecretFile }

/** Files of one folder by name: read when first named, and again when they have changed. */
export function secretFiles(options: SecretFilesOptions): ReadSecret {
  const { folder, bytesMax, nowMs = () => performance.now() } = options
  const kept = new Map<string, Kept>()
  return (name) => {
    if (folder === null) return unusable('this worker has no SECRETS_DIR')
    if (!isSecretName(name)) return unusable('it is no name of a file in SECRETS_DIR')
    const last = kept.get(name)
    const checkedAtMs = nowMs()
    if (last !== undefined && checkedAtMs - last.checkedAtMs < CHECK_EVERY_MS) return last.file
    const file = readAgain(path.join(folder, name), bytesMax, last?.file)
    if (last === undefined && kept.size >= FILES_MAX) kept.clear()
    kept.set(name, { checkedAtMs, file })
    return file
  }
}

function readAgain(place: string, bytesMax: number, last: SecretFile | undefined): SecretFile {
  try {
    const stat = statSync(place)
    const version = versionOf(stat)
    if (last?.outcome === 'read' && last.version === version) return last
    if (!stat.isFile()) return unusable('it is no file')
    if (stat.size > bytesMax) return unusable(`its file is larger than ${bytesMax / 1024} KiB`)
    const text = readFileSync(place, 'utf8').replace(/\r?\n$/, '')
    return text === '' ? unusable('its file is empty') : { outcome: 'read', text, version }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    if (code === 'ENOENT') return unusable('there is no such file in SECRETS_DIR')
    return unusable(`its file cannot be read (${code})`)
  }
}

function versionOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`
}

function unusable(reason: string): SecretFile {
  return { outcome: 'unusable', reason }
}
