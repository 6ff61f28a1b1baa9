import type { Db } from '#db/connect.ts'
import { type PickedSite, removeSites, setEnabled } from '#db/picked-sites.ts'
import type { Command, CommandEnd, CommandStart } from '../command-end.ts'
import type { CommandShape } from '../command-shape.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand, type Said, usageRefusal } from '../read-command.ts'
import { pickSites } from './pick-sites.ts'
import { sitesPauseShape, sitesRemoveShape, sitesResumeShape } from './site-shapes.ts'
import { type Switched, switchedJson, switchedText } from './switched-text.ts'

/** One of the three things that are done to sites that somebody points at. */
type Switch = {
  readonly shape: CommandShape
  readonly done: Switched['done']
  /** Which of them it changes: the others are so already. */
  readonly isChanged: (site: PickedSite) => boolean
  /** Resolves to the ids that were changed. */
  readonly act: (db: Db, ids: readonly number[]) => Promise<ReadonlySet<number>>
  readonly asksFirst: boolean
}

const pause: Switch = {
  shape: sitesPauseShape,
  done: 'paused',
  isChanged: ({ enabled }) => enabled,
  act: (db, ids) => setEnabled(db, ids, false),
  asksFirst: false,
}

const resume: Switch = {
  shape: sitesResumeShape,
  done: 'resumed',
  isChanged: ({ enabled }) => !enabled,
  act: (db, ids) => setEnabled(db, ids, true),
  asksFirst: false,
}

const remove: Switch = {
  shape: sitesRemoveShape,
  done: 'removed',
  isChanged: () => true,
  act: removeSites,
  asksFirst: true,
}

export const sitesPauseCommand: Command = (start) => switchSites(pause, start)
export const sitesResumeCommand: Command = (start) => switchSites(resume, start)
export const sitesRemoveCommand: Command = (start) => switchSites(remove, start)

async function switchSites(work: Switch, start: CommandStart): Promise<CommandEnd> {
  const { shape } = work
  const reading = readCommand(shape, start.args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const wanted = { words: said.words, tags: said.all('tag') }
  if (wanted.words.length + wanted.tags.length === 0) {
    return usageRefusal(shape, ['SITE... or --tag: say which sites'])
  }
  if (consentOf(work, said, start) === 'impossible') {
    return usageRefusal(shape, ['--yes: is needed where nobody can be asked'])
  }
  return withDatabase({ command: shape.name, rights: 'change', env: start.env }, async (db) => {
    const picks = await pickSites(db, wanted)
    if (picks.outcome === 'refused') return refusal(shape, picks.problems)
    return switchPicked(work, { db, sites: picks.sites, said, start })
  })
}

type Picked = {
  readonly db: Db
  readonly sites: readonly PickedSite[]
  readonly said: Said
  readonly start: CommandStart
}

async function switchPicked(work: Switch, { db, sites, said, start }: Picked): Promise<CommandEnd> {
  const changed = sites.filter(work.isChanged)
  const isRehearsal = said.has('dry-run')
  const plan: Switched = { done: work.done, changed, all: sites, isRehearsal: true }
  if (consentOf(work, said, start) === 'to_be_asked' && changed.length > 0) {
    const answer = await start.ask?.(`${switchedText(plan)}Go ahead?`)
    if (answer !== 'yes') return refusal(work.shape, ['nothing was done'])
  }
  const ids = changed.map(({ id }) => id)
  const acted = isRehearsal ? new Set(ids) : await work.act(db, ids)
  const end = { ...plan, changed: changed.filter(({ id }) => acted.has(id)), isRehearsal }
  const out = said.has('json') ? switchedJson(end) : switchedText(end)
  return { exitCode: exitCodes.done, out, err: '' }
}

/** Whether somebody has agreed to what cannot be undone, or can be asked. */
function consentOf(
  { asksFirst }: Switch,
  said: Said,
  { ask }: CommandStart,
): 'given' | 'to_be_asked' | 'impossible' {
  if (!asksFirst || said.has('dry-run') || said.has('yes')) return 'given'
  return ask === null ? 'impossible' : 'to_be_asked'
}

function refusal({ name }: CommandShape, problems: readonly string[]): CommandEnd {
  const err = problems.map((problem) => `uptick ${name}: ${problem}\n`).join('')
  return { exitCode: exitCodes.refused, out: '', err }
}
