import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { readTopic } from '../support/invariants.ts'
import { drain, endScheduling } from './drain.ts'
import type { ArrivedMail, Evidence } from './evidence.ts'
import type { Cast, Fault } from './fault.ts'
import { gatherAnswers } from './gather-answers.ts'
import { type Injected, injectPlan, type Teller } from './inject-plan.ts'
import type { Finding, Invariant } from './invariant.ts'
import { type Observation, observe } from './observe.ts'
import type { PlannedFault } from './plan.ts'
import { FLAPPING_WINDOW_S } from './start-process.ts'
import { type ChaosStack, castOf, type StackOptions, startStack } from './start-stack.ts'

export type ChaosRun = {
  readonly stack: StackOptions
  readonly faultsFor: (cast: Cast) => readonly Fault[]
  readonly plan: (faults: readonly Fault[]) => readonly PlannedFault[]
  /** In place of a plan: what happens when something else has happened. */
  readonly play?: (stack: ChaosStack) => Promise<Injected>
  /** After the last fault, before scheduling ends. */
  readonly calm?: (stack: ChaosStack) => Promise<void>
  /** From when everything is up until it is calm, also where the plan is over earlier. */
  readonly durationMs: number
  /** How long jobs, stream and emails may take to run empty after that. */
  readonly drainMs: number
  readonly invariants: readonly Invariant[]
  readonly tell: Teller
}

export type Examined = Finding & Pick<Invariant, 'id' | 'sentence'>

export type ChaosOutcome = Injected & {
  readonly planned: readonly PlannedFault[]
  readonly examined: readonly Examined[]
  readonly violations: number
  /** Rules of the harness itself: a clean end of who was asked to end, a queue that runs empty. */
  readonly complaints: Injected['complaints']
  readonly trouble: readonly string[]
  /** Where the logs are; null when nothing was violated and they were removed. */
  readonly folder: string | null
  readonly tookMs: number
}

const UP_WITHIN_MS = 60_000

/** One run from nothing to its findings: everything up, faults, quiet, evidence, invariants. */
export async function runChaos(run: ChaosRun): Promise<ChaosOutcome> {
  const beganMs = performance.now()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-chaos-'))
  await chmod(folder, 0o755)
  const result = await inFolder(folder, run)
  const isClean = result.violations === 0 && result.trouble.length === 0
  if (isClean) await rm(folder, { recursive: true, force: true })
  const tookMs = Math.round(performance.now() - beganMs)
  return { ...result, folder: isClean ? null : folder, tookMs }
}

async function inFolder(folder: string, run: ChaosRun) {
  await using cleanup = new AsyncDisposableStack()
  const stack = await startStack(folder, run.stack, cleanup)
  run.tell(`${run.stack.truth.sites} sites, ${stack.processes.size} processes in ${folder}`)
  const fromMs = await untilSeen(stack)
  const faults = run.faultsFor(cast(run.stack))
  const planned = run.plan(faults)
  const byName = new Map(faults.map((fault) => [fault.name, fault]))
  const observation = observe(stack)
  cleanup.defer(() => observation.stop())
  const [injected] = await Promise.all([
    run.play?.(stack) ?? injectPlan(stack, planned, byName, run.tell),
    pause(run.durationMs),
  ])
  await writeFile(path.join(stack.logFolder, 'faults.json'), JSON.stringify(injected, null, 1))
  run.tell('no more faults')
  await run.calm?.(stack)
  const untilMs = Date.now()
  await observation.look()
  await endScheduling(stack)
  run.tell('scheduling is off; waiting for jobs, records and emails')
  const drained = await drain(stack, run.drainMs)
  const answers = await gatherAnswers(stack)
  await observation.look()
  // An email that was due just now would be in some of the evidence, and not in the rest.
  await Promise.all([...stack.processes.values()].map(({ process }) => process.stop()))
  const evidence = await gather(stack, run, {
    window: { fromMs, untilMs },
    drainedAtMs: drained.atMs,
    injected,
    observation,
    answers,
  })
  const examined = await examine(run.invariants, evidence, run.tell)
  const left =
    'left' in drained ? [`not empty after ${run.drainMs / 1_000} s: ${drained.left}`] : []
  const trouble = [...left, ...unexcused(injected), ...(await uncaught(stack))]
  const violations = examined.reduce((sum, finding) => sum + finding.violations.length, 0)
  return { ...injected, planned, examined, violations, trouble }
}

function cast(options: StackOptions): Cast {
  const names = (service: string) =>
    castOf(options)
      .filter((one) => one.service === service)
      .map(({ name }) => name)
  return {
    scheduler: names('scheduler'),
    worker: names('worker'),
    consumer: names('consumer'),
    web: names('web'),
  }
}

/** Every site has had its first result: from now on a missing one is missed. */
async function untilSeen({ db, siteNumbers }: ChaosStack): Promise<number> {
  const endMs = Date.now() + UP_WITHIN_MS
  while (Date.now() < endMs) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from sites where last_slot is not null`.execute(db)
    if (Number(rows[0]?.count) >= siteNumbers.size) return Date.now()
    await pause(100)
  }
  throw new Error('not every site was seen within a minute: the stack does not work at all')
}

type Gathered = Pick<Evidence, 'window' | 'drainedAtMs' | 'answers'> & {
  readonly injected: Injected
  readonly observation: Observation
}

async function gather(
  stack: ChaosStack,
  { stack: options }: ChaosRun,
  { window, drainedAtMs, injected, observation, answers }: Gathered,
): Promise<Evidence> {
  const { servers, truth, sink, deadMan, siteNumbers } = stack
  const byNumber = new Map((await truth.sitesAsTheyWere()).map((site) => [site.number, site]))
  return {
    seed: options.truth.seed,
    db: stack.db,
    window,
    drainedAtMs,
    fleet: {
      cadenceSeconds: options.truth.cadenceSeconds,
      timeoutMs: options.timeoutMs,
      failureThreshold: 2,
      recoveryThreshold: 2,
      sites: new Map(
        [...siteNumbers].flatMap(([id, number]) => {
          const site = byNumber.get(number)
          return site === undefined ? [] : [[id, site] as const]
        }),
      ),
      truthStartMs: truth.startMs,
      flappingWindowMs: FLAPPING_WINDOW_S * 1_000,
    },
    faults: injected.faults,
    served: await truth.served(),
    records: await readTopic(servers.brokers, servers.topic),
    mails: arrivedAt(sink),
    deadManPingsMs: deadMan.pingsMs,
    memory: observation.memory,
    counters: observation.counters,
    answers,
    logFolder: stack.logFolder,
    secrets: stack.secrets,
  }
}

function arrivedAt({ accepted, dropped }: ChaosStack['sink']): readonly ArrivedMail[] {
  return [
    ...accepted.map((mail) => ({ ...mail, answer: 'accepted' as const })),
    ...dropped.map((mail) => ({ ...mail, answer: 'unclear' as const })),
  ].sort((a, b) => a.atMs - b.atMs)
}

async function examine(
  invariants: readonly Invariant[],
  evidence: Evidence,
  tell: Teller,
): Promise<Examined[]> {
  const examined: Examined[] = []
  for (const { id, sentence, examine: look } of invariants) {
    tell(`${id}: ${sentence}`)
    examined.push({ id, sentence, ...(await look(evidence)) })
  }
  return examined
}

/** Whoever leans on something that is broken at that time cannot always end in good order. */
function unexcused({ complaints, faults }: Injected): readonly string[] {
  const excuses = faults.filter(({ place }) => ['postgres', 'kafka', 'smtp'].includes(place))
  return complaints
    .filter(
      (one) => !excuses.some((fault) => fault.fromMs < one.untilMs && fault.untilMs > one.fromMs),
    )
    .map(({ complaint }) => complaint)
}

/** Errors that nobody caught: nothing that happens outside of a process may end it so. */
async function uncaught({ logFolder }: ChaosStack): Promise<readonly string[]> {
  const files = (await readdir(logFolder)).filter((file) => file.endsWith('.log'))
  const found = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(path.join(logFolder, file), 'utf8')).split('\n')
      return lines
        .filter((line) => line.includes('"uncaught error"'))
        .map((line) => `${file}: ${line}`)
    }),
  )
  return found.flat()
}
