import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { armFailPoint, type FailPointPlan } from './arm-fail-point.ts'
import type { CutLink } from './cut-link.ts'
import type { FaultPlace, InjectedFault } from './evidence.ts'
import { untilReady, victimIn } from './fault.ts'
import type { ChaosStack } from './start-stack.ts'

/** What a scenario does to a stack, each with a note of it. */

export type Stage = {
  readonly stack: ChaosStack
  readonly faults: InjectedFault[]
}

const FAIL_POINT = { atHit: 1, afterMs: 0, forMs: 0, withinMs: 10_000 } as const

/** Does something to somebody, and notes from when until when. */
export async function note(
  { faults }: Stage,
  what: Omit<InjectedFault, 'fromMs' | 'untilMs'>,
  work: () => Promise<unknown>,
): Promise<void> {
  const fromMs = Date.now()
  await work()
  faults.push({ ...what, fromMs, untilMs: Date.now() })
}

/** Resolves when the victim is well again. Throws when it never came to the step: nothing would be shown. */
export async function failAt(
  stage: Stage,
  victim: string,
  plan: Pick<FailPointPlan, 'step' | 'does'> & Partial<FailPointPlan>,
): Promise<void> {
  const found = victimIn(stage.stack, victim)
  const { step, does } = plan
  const name = `fail point ${step} ${does}`
  await note(stage, { name, place: placeOf(step), victim }, async () => {
    const exited = found.process.exited()
    const outcome = await armFailPoint(found.process, { ...FAIL_POINT, ...plan })
    if (outcome === 'not_reached') throw new Error(`${victim} never came to ${step}`)
    if (does === 'suspend') return
    await exited
    await untilReady(found)
  })
}

export async function suspend(stage: Stage, victim: string, forMs: number): Promise<void> {
  const { process } = victimIn(stage.stack, victim)
  await note(stage, { name: 'suspend', place: placeOf(victim), victim }, async () => {
    process.kill('SIGSTOP')
    await pause(forMs)
    process.kill('SIGCONT')
  })
}

export async function kill(stage: Stage, victim: string): Promise<void> {
  const found = victimIn(stage.stack, victim)
  await note(stage, { name: 'kill', place: placeOf(victim), victim }, async () => {
    const exited = found.process.exited()
    found.process.kill('SIGKILL')
    await exited
    await untilReady(found)
  })
}

export async function cutFromBroker(stage: Stage, victim: string, forMs: number): Promise<void> {
  const { process } = victimIn(stage.stack, victim)
  const port = Number(new URL(`kafka://${stage.stack.servers.brokers}`).port)
  const order: CutLink = { cutLink: { port, forMs } }
  await note(stage, { name: 'kafka link cut', place: 'worker', victim }, async () => {
    process.send(order)
    await pause(forMs)
  })
}

export async function mailServerAway(stage: Stage, forMs: number): Promise<void> {
  const { sink } = stage.stack
  await note(stage, { name: 'smtp is away', place: 'smtp', victim: 'smtp' }, async () => {
    await sink.goAway()
    await pause(forMs)
    await sink.comeBack()
  })
}

/** The server ends all connections of one kind of process, as an administrator or a failover would. */
export async function endConnections(stage: Stage, service: 'consumer'): Promise<void> {
  const what = { name: 'connections ended', place: 'postgres', victim: service } as const
  await note(stage, what, () =>
    sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like ${`uptick ${service}%`}`.execute(
      stage.stack.db,
    ),
  )
}

function placeOf(name: string): FaultPlace {
  const places = ['scheduler', 'worker', 'consumer', 'notifier'] as const
  const place = places.find((one) => name.startsWith(one))
  if (place === undefined) throw new Error(`${name} is no process`)
  return place
}
