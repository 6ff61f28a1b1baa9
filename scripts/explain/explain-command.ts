import { chooseSites } from '#db/choose-sites.ts'
import type { Db } from '#db/connect.ts'
import { newestOutageOf, type OutageFound, outagesByPrefix } from '#db/outage-story.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { jsonLine } from '../json-line.ts'
import { unpainted } from '../paint.ts'
import { readCommand, type Said, usageRefusal } from '../read-command.ts'
import { sitesNotFound } from '../sites-not-found.ts'
import { terminalLine } from '../terminal-line.ts'
import { explainShape } from './explain-shape.ts'
import { gatherStory } from './gather-story.ts'
import { renderStory } from './render-story.ts'
import { storyJson } from './story-json.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ZEROS = '00000000-0000-0000-0000-000000000000'
const PREFIX_MIN = 4
const ALIKE_SHOWN = 5
/** Names of others may stand in it. */
const PROBLEM_MAX = 1_000

type Found =
  | { readonly outcome: 'found'; readonly outage: OutageFound }
  | { readonly outcome: 'ended'; readonly end: CommandEnd }

/** `uptick explain OUTAGE`: why it was opened, who was told, and what ended it. */
export const explainCommand: Command = async ({ args, env, terminal }) => {
  const reading = readCommand(explainShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const problem = wishProblem(said)
  if (problem !== null) return usageRefusal(explainShape, [problem])
  return withDatabase({ command: 'explain', rights: 'read', env }, async (db) => {
    const found = await findOutage(db, said)
    if (found.outcome === 'ended') return found.end
    const story = await gatherStory(db, found.outage, Date.now())
    const paint = said.has('no-color') ? unpainted : terminal.paint
    const out = said.has('json')
      ? jsonLine(storyJson(story))
      : renderStory(story, { ...terminal, paint })
    return { exitCode: exitCodes.done, out, err: '' }
  })
}

function wishProblem(said: Said): string | null {
  const [id] = said.words
  const isBySite = said.has('site')
  if (id === undefined) return isBySite ? null : 'OUTAGE or --site SITE: is missing'
  if (isBySite) return 'OUTAGE and --site: leave one'
  const isPrefix = UUID.test(id.toLowerCase() + ZEROS.slice(id.length))
  if (isPrefix && id.length >= PREFIX_MIN) return null
  return `OUTAGE: ${JSON.stringify(id)} must be an id, or its first ${PREFIX_MIN} characters or more`
}

async function findOutage(db: Db, said: Said): Promise<Found> {
  const site = said.text('site')
  if (site !== null) return findBySite(db, site)
  const id = (said.words[0] ?? '').toLowerCase()
  const [outage, ...others] = await outagesByPrefix(db, id, ALIKE_SHOWN + 1)
  if (outage === undefined) return refused(`there is no outage whose id begins with ${id}`)
  if (others.length === 0) return { outcome: 'found', outage }
  const ids = [outage, ...others]
    .slice(0, ALIKE_SHOWN)
    .map((one) => `${one.id}  ${terminalLine(one.siteName, 80)}\n`)
  return refused(`several outages begin with ${id}, among them:\n${ids.join('').trimEnd()}`)
}

async function findBySite(db: Db, wanted: string): Promise<Found> {
  const choice = await chooseSites(db, { sites: [wanted], tags: [] })
  const [site, ...others] = choice.sites
  if (site === undefined) return refused(await sitesNotFound(db, choice.unknown))
  if (others.length > 0) {
    const ids = choice.sites.map(({ siteId }) => siteId).join(', ')
    return refused(
      `${others.length + 1} sites are called ${JSON.stringify(wanted)}: name one of the ids ${ids}`,
    )
  }
  const outage = await newestOutageOf(db, site.siteId)
  if (outage === null) return refused(`site ${site.siteId} has never been down`)
  return { outcome: 'found', outage }
}

function refused(problem: string): Found {
  const lines = problem.split('\n').map((line) => terminalLine(line, PROBLEM_MAX))
  const end = { exitCode: exitCodes.refused, out: '', err: `uptick explain: ${lines.join('\n')}\n` }
  return { outcome: 'ended', end }
}
