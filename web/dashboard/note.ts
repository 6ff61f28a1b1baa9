import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** What was done, for the page that follows it. Names of ours alone: a cookie could be anybody's. */
const notes = {
  added: 'The site was added. Its first check is under way.',
  saved: 'The changes are saved.',
  unchanged: 'Nothing was changed.',
  removed: 'The site and its history were removed.',
  paused: 'The site is paused: it is not checked until it is resumed.',
  resumed: 'The site is checked again.',
  asked: 'A check is asked for. Its result appears here by itself.',
  'not asked': 'A site that is paused or invalid is not checked.',
  gone: 'This site is not there any more.',
  loaded: 'The file was loaded.',
  posted: 'The update was posted.',
  planned: 'The maintenance is planned.',
  unplanned: 'The maintenance was removed.',
  'incident removed': 'The incident was removed.',
  published: 'The status page shows this maintenance.',
  unpublished: 'The status page does not show this maintenance.',
} as const

export type Note = keyof typeof notes

const COOKIE = 'uptick_note'
const SHOWN_WITHIN_S = 30
const scope = { path: '/dashboard', httpOnly: true, sameSite: 'Strict' } as const

export function leaveNote(context: Context, note: Note): void {
  setCookie(context, COOKIE, note, { ...scope, maxAge: SHOWN_WITHIN_S })
}

/** The note that was left by what came before, once; null: none. */
export function takeNote(context: Context): string | null {
  const note = getCookie(context, COOKIE)
  if (note === undefined || context.req.header('hx-request') === 'true') return null
  deleteCookie(context, COOKIE, scope)
  return isNote(note) ? notes[note] : null
}

function isNote(text: string): text is Note {
  return Object.hasOwn(notes, text)
}
