import { setTimeout as pause } from 'node:timers/promises'
import type { GroundTruth } from '../ground-truth/start-ground-truth.ts'
import type { TopicRecord } from '../support/invariants.ts'
import type { SmtpSink } from '../support/smtp-sink.ts'
import type { ServiceProcess } from '../support/stack.ts'
import { armFailPoint, type FailPointPlan } from './arm-fail-point.ts'
import type { FaultPlace, InjectedFault } from './evidence.ts'

/** What a scenario plays on: processes, mail server, target and stream of one run, and a list of what was done to them. */
export type Stage = {
  readonly services: ReadonlyMap<string, ServiceProcess>
  readonly truth: GroundTruth
  readonly sink: SmtpSink
  readonly brokerPort: number
  /** Breaks the connections that the database has with processes of this kind. */
  readonly breakConnections: (kind: 'consumer' | 'worker' | 'scheduler') => Promise<void>
  /** When a mail has been read whole, and before it is answered. */
  readonly onMail: (hook: () => Promise<void>) => void
  /** Puts records into the topic. */
  readonly produce: (records: readonly ProducedRecord[]) => Promise<void>
  /** The whole topic, so far. */
  readonly readTopic: () => Promise<readonly TopicRecord[]>
  readonly faults: InjectedFault[]
}

export type ProducedRecord = Omit<TopicRecord, 'place'>

/** Does something to somebody, and notes from when until when. */
export async function fault<T>(
  { faults }: Pick<Stage, 'faults'>,
  what: Omit<InjectedFault, 'fromMs' | 'untilMs'>,
  work: () => Promise<T>,
): Promise<T> {
  const fromMs = Date.now()
  const result = await work()
  faults.push({ ...what, fromMs, untilMs: Date.now() })
  return result
}

const FAIL_POINT = { atHit: 1, afterMs: 0, forMs: 0, withinMs: 10_000 } as const

/** Resolves when the victim is well again. Throws when it never got to the step: nothing would be shown. */
export async function failAt(
  stage: Stage,
  victim: string,
  plan: Pick<FailPointPlan, 'step' | 'does'> & Partial<FailPointPlan>,
): Promise<void> {
  const service = serviceOf(stage, victim)
  const { step, does } = plan
  const place = placeOf(step)
  const what = { name: `fail point ${step} ${does}`, place, victim }
  await fault(stage, what, async () => {
    const outcome = await armFailPoint(service, { ...FAIL_POINT, ...plan })
    if (outcome === 'not_reached') throw new Error(`${victim} never came to ${step}`)
    if (does === 'kill' || does === 'term') await backFrom(service)
  })
}

/** Suspends and resumes. */
export async function suspend(stage: Stage, victims: readonly string[], forMs: number) {
  await Promise.all(
    victims.map((victim) => {
      const service = serviceOf(stage, victim)
      const what = { name: 'suspend', place: placeOf(victim), victim }
      return fault(stage, what, async () => {
        service.kill('SIGSTOP')
        await pause(forMs)
        service.kill('SIGCONT')
      })
    }),
  )
}

/** Kills at once, and waits until its supervisor has it back. */
export async function kill(stage: Stage, victim: string): Promise<void> {
  const service = serviceOf(stage, victim)
  await fault(stage, { name: 'kill', place: placeOf(victim), victim }, async () => {
    service.kill('SIGKILL')
    await backFrom(service)
  })
}

export function serviceOf({ services }: Stage, name: string): ServiceProcess {
  const service = services.get(name)
  if (service === undefined) throw new Error(`there is no ${name} in this scenario`)
  return service
}

async function backFrom(service: ServiceProcess): Promise<void> {
  await service.exited()
  await service.ready()
}

function placeOf(name: string): FaultPlace {
  const places = ['scheduler', 'worker', 'consumer', 'notifier'] as const
  const place = places.find((one) => name.startsWith(one))
  if (place === undefined) throw new Error(`${name} is no process`)
  return place
}
