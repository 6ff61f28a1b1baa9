import { listSites, type SiteListWish, siteStates } from '#db/site-list.ts'
import type { Command } from '../command-end.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { unpainted } from '../paint.ts'
import { readCommand, type Said, usageRefusal } from '../read-command.ts'
import { renderSiteList, siteListJson } from './render-site-list.ts'
import { sitesListShape } from './site-shapes.ts'

/** A table is for reading. */
const TABLE_LIMIT = 40
const LIMIT_MAX = 1_000_000

/** `uptick sites list`: what is watched, and how it is. */
export const sitesListCommand: Command = async ({ args, env, terminal }) => {
  const reading = readCommand(sitesListShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const wish = wishOf(said)
  if (typeof wish === 'string') return usageRefusal(sitesListShape, [wish])
  return withDatabase({ command: 'sites list', rights: 'read', env }, async (db) => {
    const list = await listSites(db, wish)
    const paint = said.has('no-color') ? unpainted : terminal.paint
    const out = said.has('json')
      ? siteListJson(list)
      : renderSiteList(list, { nowMs: Date.now(), frame: { ...terminal, paint } })
    return { exitCode: exitCodes.done, out, err: '' }
  })
}

/** A text: what is wrong. */
function wishOf(said: Said): SiteListWish | string {
  const text = said.text('limit') ?? (said.has('json') ? '0' : String(TABLE_LIMIT))
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit > LIMIT_MAX) {
    return `--limit: ${JSON.stringify(text)} must be a whole number from 0 to ${LIMIT_MAX}`
  }
  const wanted = said.all('state')
  return {
    tags: said.all('tag'),
    states: siteStates.filter((state) => wanted.includes(state)),
    search: said.text('search'),
    limit: limit === 0 ? LIMIT_MAX : limit,
  }
}
