import {
  CALL_MESSAGE_MAX,
  type HeartbeatCall,
  isHeartbeatToken,
} from '#shared/domain/heartbeat-call.ts'
import { plainLine } from '#shared/domain/plain-line.ts'

const EXIT_CODE = /^\d{1,3}$/
const EXIT_CODE_MAX = 255

/**
 * `/ping/TOKEN`, `/ping/TOKEN/start`, `/fail`, `/log` or an exit code, as Healthchecks takes it; the
 * body is what the job has to say. Null: no token of ours, or no such action.
 */
export function readPing(token: string, action: string, body: string): HeartbeatCall | null {
  if (!isHeartbeatToken(token)) return null
  const said = plainLine(body, CALL_MESSAGE_MAX) || null
  const call = { token, message: said, pingMs: null }
  switch (action) {
    case '':
      return { ...call, word: 'up' }
    case 'start':
      // What a run says as it begins must not stand as the reason why the one before it failed.
      return { ...call, word: 'start', message: null }
    case 'fail':
      return { ...call, word: 'down' }
    case 'log':
      return { ...call, word: 'log' }
    default:
      return readExit(call, action)
  }
}

function readExit(call: Omit<HeartbeatCall, 'word'>, action: string): HeartbeatCall | null {
  const code = EXIT_CODE.test(action) ? Number(action) : Number.POSITIVE_INFINITY
  if (code > EXIT_CODE_MAX) return null
  if (code === 0) return { ...call, word: 'up' }
  const message = `exit code ${code}${call.message === null ? '' : `: ${call.message}`}`
  return { ...call, word: 'down', message: plainLine(message, CALL_MESSAGE_MAX) }
}
