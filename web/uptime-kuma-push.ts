import {
  CALL_MESSAGE_MAX,
  CALL_PING_MS_MAX,
  type HeartbeatCall,
  isHeartbeatToken,
} from '#shared/domain/heartbeat-call.ts'
import { plainLine } from '#shared/domain/plain-line.ts'

/**
 * `/api/push/TOKEN?status=up&msg=OK&ping=12` as Uptime Kuma takes it: a status that is not `up` is
 * down, one that is not given is up. Null: no token of ours; a refusal names what cannot be read.
 */
export function readPush(
  token: string,
  query: Readonly<Record<string, string>>,
): HeartbeatCall | { readonly refused: string } | null {
  if (!isHeartbeatToken(token)) return null
  const pingMs = readPing(query.ping)
  if (pingMs === 'unreadable')
    return { refused: `ping must be a number of milliseconds from 0 to ${CALL_PING_MS_MAX}` }
  const message = plainLine(query.msg ?? '', CALL_MESSAGE_MAX)
  const word = (query.status || 'up') === 'up' ? 'up' : 'down'
  return { token, word, message: message || null, pingMs }
}

/** An empty value is none: Uptime Kuma's own example URL ends in `ping=`. */
function readPing(text: string | undefined): number | null | 'unreadable' {
  if (text === undefined || text.trim() === '') return null
  const pingMs = Number(text)
  return pingMs >= 0 && pingMs <= CALL_PING_MS_MAX ? pingMs : 'unreadable'
}
