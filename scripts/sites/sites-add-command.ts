import { randomUUID } from 'node:crypto'
import { allCadences } from '#db/cadence.ts'
import type { Db } from '#db/connect.ts'
import { insertSite, siteLike } from '#db/edit-site.ts'
import type { SiteValues } from '#db/loaded-columns.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import { readContext } from '../command.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { commandEnvironment } from '../command-environment.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand, usageRefusal } from '../read-command.ts'
import { readNewSite } from './read-new-site.ts'
import { sitesAddShape } from './site-shapes.ts'

const TITLE_MAX = 120

type AddOutcome =
  | { readonly outcome: 'added'; readonly id: number; readonly slug: string }
  | { readonly outcome: 'would_be_added' }
  /** A site of this URL and name is there already. */
  | { readonly outcome: 'exists'; readonly id: number }
  | { readonly outcome: 'refused'; readonly constraint: string }

/** `uptick sites add URL`: one site more, if all that is said of it makes sense. */
export const sitesAddCommand: Command = async ({ args, env }) => {
  const reading = readCommand(sitesAddShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const cadence = said.text('cadence')
  const newToken = randomUUID()
  // What is wrong by itself is told without a database, which alone knows the cadences.
  const first = readNewSite(args, { cadences: new Set([cadence ?? '5m']), newToken })
  if (first.outcome === 'refused') return usageRefusal(sitesAddShape, first.problems)
  return withDatabase({ command: 'sites add', rights: 'change', env }, async (db) => {
    const cadences = new Set((await allCadences(db)).map(({ name }) => name))
    const site = readNewSite(args, { cadences, newToken })
    if (site.outcome === 'refused') return usageRefusal(sitesAddShape, site.problems)
    const outcome = await (said.has('dry-run') ? rehearse : add)(db, site.values)
    if (said.has('json')) return endJson(outcome, site.values)
    return endText(outcome, site.values, await webUrl(env))
  })
}

async function add(db: Db, values: SiteValues): Promise<AddOutcome> {
  const added = await insertSite(db, values)
  if (added.outcome !== 'added') return added
  return { outcome: 'added', id: added.site.id, slug: added.site.slug }
}

async function rehearse(db: Db, values: SiteValues): Promise<AddOutcome> {
  const id = await siteLike(db, values)
  return id === null ? { outcome: 'would_be_added' } : { outcome: 'exists', id }
}

/** Where jobs reach the web service, as far as that is known here. */
async function webUrl(env: NodeJS.ProcessEnv): Promise<string> {
  const { PUBLIC_URL, WEB_URL } = await commandEnvironment(await readContext(env))
  return (PUBLIC_URL ?? WEB_URL ?? 'WEB').replace(/\/+$/, '')
}

function exitCodeOf({ outcome }: AddOutcome): number {
  return outcome === 'exists' || outcome === 'refused' ? exitCodes.refused : exitCodes.done
}

function endJson(outcome: AddOutcome, { url, name }: SiteValues): CommandEnd {
  const out = `${JSON.stringify({ ...outcome, url, name })}\n`
  return { exitCode: exitCodeOf(outcome), out, err: '' }
}

function endText(outcome: AddOutcome, site: SiteValues, web: string): CommandEnd {
  const exitCode = exitCodeOf(outcome)
  const title = plainLine(site.name === null ? site.url : `${site.name}, ${site.url}`, TITLE_MAX)
  switch (outcome.outcome) {
    case 'exists':
      return refusal(`site ${outcome.id} is this one: ${title}`)
    case 'refused':
      return refusal(`the database refuses it: ${outcome.constraint.replaceAll('_', ' ')}`)
    case 'would_be_added':
      return { exitCode, out: `would be added: ${title}\n`, err: '' }
    case 'added':
      return {
        exitCode,
        out: `added site ${outcome.id}: ${title}\n${nextSteps(site, web)}\n`,
        err: '',
      }
  }
}

function refusal(reason: string): CommandEnd {
  return { exitCode: exitCodes.refused, out: '', err: `uptick sites add: ${reason}\n` }
}

function nextSteps({ kind, url, enabled, cadence }: SiteValues, web: string): string {
  if (!enabled) return 'it is paused: uptick sites resume'
  if (kind !== 'heartbeat') return `it is checked within seconds, and then every ${cadence}`
  return `its job calls ${web}/ping/${url.slice('heartbeat:'.length)} when it is done (docs/checks.md)`
}
