import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { Random } from '../../fuzz/random.ts'
import type { TruthSite } from '../../ground-truth/truth.ts'
import { newNotePath } from '../arm-fail-point.ts'
import { failPointEnvironment } from '../fail-point-order.ts'
import { type Fault, INJECTED, type Injection, notInjected } from '../fault.ts'
import { columnsOf, insertSites, numberOf } from '../insert-sites.ts'
import type { ChaosStack } from '../start-stack.ts'

const ADDED = 3
const LOADED = 4
const root = path.join(import.meta.dirname, '../../..')
const LOAD_WITHIN_MS = 60_000

const common = {
  family: 'sites',
  place: 'target',
  victims: ['sites'],
  lastsMs: [300, 300],
  restMs: 1_000,
} as const

/** What users do to the configuration while its jobs are under way. */
export const siteFaults: readonly Fault[] = [
  { ...common, name: 'site edited', weight: 3, inject: edit },
  { ...common, name: 'site deleted', weight: 0.7, inject: remove },
  { ...common, name: 'sites added', weight: 0.7, inject: add },
  {
    ...common,
    name: 'site switched off and on',
    weight: 2,
    lastsMs: [1_000, 8_000],
    inject: switchOff,
  },
  {
    ...common,
    name: 'fail point load_data.before_commit kill',
    family: 'points',
    weight: 3,
    lastsMs: [4_000, 4_000],
    inject: killLoad,
  },
]

async function someSite({ db }: ChaosStack, seed: number): Promise<number | null> {
  const { rows } = await sql<{
    id: number
  }>`select id from site_config where enabled order by id`.execute(db)
  return rows[new Random(seed, 0).below(rows.length)]?.id ?? null
}

/** Its address has a word more, which the target does not mind. */
async function edit(stack: ChaosStack, { seed }: { seed: number }): Promise<Injection> {
  const id = await someSite(stack, seed)
  await sql`
    update site_config set url = regexp_replace(url, '\\?.*$', '') || '?edit=' || ${seed}::text where id = ${id}`.execute(
    stack.db,
  )
  return INJECTED
}

async function remove(stack: ChaosStack, { seed }: { seed: number }): Promise<Injection> {
  const id = await someSite(stack, seed)
  await sql`delete from site_config where id = ${id}`.execute(stack.db)
  return INJECTED
}

async function switchOff(
  { db, ...stack }: ChaosStack,
  { seed, forMs }: { seed: number; forMs: number },
): Promise<Injection> {
  const id = await someSite({ db, ...stack }, seed)
  await sql`update site_config set enabled = false where id = ${id}`.execute(db)
  await pause(forMs)
  await sql`update site_config set enabled = true where id = ${id}`.execute(db)
  return INJECTED
}

/** Those of the target that were never watched. */
function spares({ truth, siteNumbers }: ChaosStack, count: number): readonly TruthSite[] {
  const used = new Set(siteNumbers.values())
  return truth.sites.filter(({ number }) => !used.has(number)).slice(0, count)
}

async function add(stack: ChaosStack): Promise<Injection> {
  const sites = spares(stack, ADDED)
  if (sites.length < ADDED) return notInjected('no spare sites are left')
  await insertSites(stack, sites)
  return INJECTED
}

/** Killed just before its commit it has loaded nothing; run again, all of it. */
async function killLoad(stack: ChaosStack): Promise<Injection> {
  const sites = spares(stack, LOADED)
  if (sites.length < LOADED) return notInjected('no spare sites are left')
  const file = path.join(stack.folder, 'sites.csv')
  await writeFile(file, csvOf(sites, stack.options.truth.cadenceSeconds))
  const killed = await load(stack, file, {
    ...failPointEnvironment(
      { step: 'load_data.before_commit', does: 'kill', atHit: 1, afterMs: 0 },
      newNotePath(),
    ),
  })
  if (killed !== 'SIGKILL') return notInjected(`load-data ended with ${killed} before its commit`)
  const half = await countLoaded(stack, sites)
  const complete = await load(stack, file, {})
  const all = await countLoaded(stack, sites)
  if (half !== 0)
    return {
      outcome: 'complained',
      complaint: `a killed load-data left ${half} of ${LOADED} sites`,
    }
  if (complete !== 0) return notInjected(`load-data ended with ${complete} the second time`)
  if (all === LOADED) return INJECTED
  return { outcome: 'complained', complaint: `load-data loaded ${all} of ${LOADED} sites` }
}

/** A table of plain columns: what needs more than text is left to its default. */
function csvOf(sites: readonly TruthSite[], cadenceSeconds: number): string {
  const rows = sites.map((site) => {
    const { headers: _, ...columns } = columnsOf(site, cadenceSeconds)
    return columns
  })
  const names = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) =>
    Object.values(row)
      .map((value) => value ?? '')
      .join(','),
  )
  return `${[names.join(','), ...lines].join('\n')}\n`
}

/** Resolves to its exit code, or to the signal that ended it. */
function load(
  { ownerEnv }: ChaosStack,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<number | string> {
  const preload = path.join(root, 'test/chaos/fail-points.ts')
  const args = ['--import', preload, path.join(root, 'scripts/load-data.ts')]
  const options = {
    cwd: root,
    timeout: LOAD_WITHIN_MS,
    env: { PATH: process.env.PATH ?? '', ...ownerEnv, ...env, FILE: file },
  }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, () =>
      resolve(child.signalCode ?? child.exitCode ?? 'nothing'),
    )
  })
}

/** How many of them are in the configuration; they are the run's from then on. */
async function countLoaded(
  { db, siteNumbers }: ChaosStack,
  sites: readonly TruthSite[],
): Promise<number> {
  const names = sites.map(({ row }) => String(row.name))
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from site_config where name = any (${names}::text[])`.execute(db)
  for (const { id, name } of rows) siteNumbers.set(id, numberOf(name))
  return rows.length
}
