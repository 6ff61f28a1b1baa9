import { type Step, steps } from '#shared/runtime/step.ts'
import { Random } from '../../fuzz/random.ts'
import type { SmtpMoment } from '../../support/smtp-sink.ts'
import { armFailPoint } from '../arm-fail-point.ts'
import {
  type Cast,
  type Fault,
  type FaultOrder,
  INJECTED,
  type Injection,
  notInjected,
  untilReady,
  victimIn,
} from '../fault.ts'
import type { ChaosProcess } from '../start-process.ts'
import type { ChaosStack } from '../start-stack.ts'
import { afterEnd } from './process-faults.ts'

type Does = 'kill' | 'suspend' | 'term'
/** What comes of it for the plan: how often, how long, and how long its victim is left alone. */
type Manner = {
  readonly does: Does
  readonly weight: number
  readonly lastsMs: Fault['lastsMs']
  readonly restMs: number
}

/** Of a step that is not reached by then, the order is withdrawn. */
const WITHIN_MS = 8_000

const plain: readonly Manner[] = [
  { does: 'kill', weight: 4, lastsMs: [1_500, 1_500], restMs: 500 },
  { does: 'term', weight: 2, lastsMs: [2_000, 2_000], restMs: 500 },
  { does: 'suspend', weight: 2, lastsMs: [500, 4_000], restMs: 500 },
]
/** A group waits for a killed member until its session is over, so that kills have to be rarer there. */
const ofMembers: readonly Manner[] = [
  { does: 'kill', weight: 3, lastsMs: [2_000, 2_000], restMs: 9_000 },
  { does: 'term', weight: 3, lastsMs: [2_000, 2_000], restMs: 1_000 },
  { does: 'suspend', weight: 3, lastsMs: [500, 4_000], restMs: 1_000 },
  { does: 'suspend', weight: 0.5, lastsMs: [13_000, 16_000], restMs: 1_000 },
]

/** Steps that are reached many times a second, of which any may be the one. */
const OFTEN: Partial<Record<Step, number>> = { 'worker.fetched': 20, 'worker.probing': 20 }
/** Where a promise was made whose bytes are on no wire yet. */
const LATER_MS: Partial<Record<Step, number>> = {
  'worker.probing': 8,
  'worker.before_acknowledgement': 8,
}

const moments: readonly SmtpMoment[] = ['recipient_known', 'mail_read']

/** Every step at which something could be lost or done twice, and every end that a process can take there. */
export function stepFaults(cast: Cast): readonly Fault[] {
  const ofProcesses = steps.flatMap((step) => {
    const [part] = step.split('.')
    if (part === 'scheduler') return ofStep(step, 'scheduler', cast.scheduler, plain)
    if (part === 'worker') return ofStep(step, 'worker', cast.worker, plain)
    if (part === 'consumer') return ofStep(step, 'consumer', cast.consumer, ofMembers)
    if (part === 'notifier') return ofStep(step, 'notifier', cast.consumer, ofMembers)
    // That of load-data is a command's: it has no process that waits for it.
    return []
  })
  return [...ofProcesses, ...moments.flatMap((moment) => ofMoment(moment, cast.consumer))]
}

function ofStep(
  step: Step,
  place: Fault['place'],
  victims: readonly string[],
  manners: readonly Manner[],
): readonly Fault[] {
  return manners.map(({ does, ...manner }) => ({
    ...manner,
    family: 'points',
    name: nameOf(step, does, manner.lastsMs),
    place,
    victims,
    inject: (stack, order) => injectAt(stack, step, does, order),
  }))
}

function nameOf(step: string, does: Does, [leastMs]: Fault['lastsMs']): string {
  const isLong = does === 'suspend' && leastMs > 10_000
  return `fail point ${step} ${does}${isLong ? ' beyond the session' : ''}`
}

async function injectAt(
  stack: ChaosStack,
  step: Step,
  does: Does,
  { victim, forMs, seed }: FaultOrder,
): Promise<Injection> {
  const random = new Random(seed, 0)
  const found = victimIn(stack, victim)
  const exited = found.process.exited()
  const reached = await armFailPoint(found.process, {
    step,
    does,
    atHit: random.between(1, OFTEN[step] ?? 2),
    afterMs: random.between(0, LATER_MS[step] ?? 0),
    forMs,
    withinMs: WITHIN_MS,
  })
  return reached === 'hit' ? settled(found, does, exited) : notInjected('the step was not reached')
}

function ofMoment(moment: SmtpMoment, victims: readonly string[]): readonly Fault[] {
  return ofMembers.map(({ does, ...manner }) => ({
    ...manner,
    family: 'points',
    name: nameOf(`smtp.${moment}`, does, manner.lastsMs),
    place: 'notifier',
    victims,
    inject: async (stack, { victim, forMs }) => {
      const found = victimIn(stack, victim)
      const exited = found.process.exited()
      const order = { moment, does, forMs, withinMs: WITHIN_MS }
      const reached = await stack.mailMoments.arm(found.process, order)
      return reached === 'hit' ? settled(found, does, exited) : notInjected('no mail came so far')
    },
  }))
}

async function settled(
  found: ChaosProcess,
  does: Does,
  exited: ReturnType<ChaosProcess['process']['exited']>,
): Promise<Injection> {
  if (does === 'suspend') return INJECTED
  if (does === 'term') return afterEnd(found, exited)
  await exited
  await untilReady(found)
  return INJECTED
}
