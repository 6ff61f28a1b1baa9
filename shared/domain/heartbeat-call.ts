/** What a watched job says of itself by calling. */
export type HeartbeatCall = {
  /** Which heartbeat: the part of its URL after `heartbeat:`. */
  readonly token: string
  /**
   * `start`: a run begins. `up`, `down`: it ended, well or not. `log`: only a word for the record.
   * Ends alone are beats: a run that only began may still hang.
   */
  readonly word: 'start' | 'up' | 'down' | 'log'
  /** One line of at most 500 characters. */
  readonly message: string | null
  /** How long the run took, as the job measured it. 0 to 86,400,000. */
  readonly pingMs: number | null
}

export const CALL_MESSAGE_MAX = 500
export const CALL_PING_MS_MAX = 86_400_000

const TOKEN = /^[A-Za-z0-9_-]{8,128}$/

export function isHeartbeatToken(text: string): boolean {
  return TOKEN.test(text)
}
