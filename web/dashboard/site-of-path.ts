import type { Context } from 'hono'
import { leaveNote } from './note.ts'

/** The id in a path of a site; one that is too long for any is the id of none. */
export function readSiteId(context: Context): number {
  const id = Number(context.req.param('id'))
  return Number.isSafeInteger(id) ? id : 0
}

/** Somebody else has removed it: back to the others, and a word why. */
export function siteGone(context: Context) {
  leaveNote(context, 'gone')
  return context.redirect('/dashboard', 303)
}
