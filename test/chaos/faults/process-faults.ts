import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '../../support/stack.ts'
import { type Cast, type Fault, INJECTED, type Injection, untilReady, victimIn } from '../fault.ts'
import type { ChaosProcess } from '../start-process.ts'

const services = ['scheduler', 'worker', 'consumer', 'web'] as const satisfies ServiceName[]

/** What a killed member of a consumer group costs: its partitions wait until its session is over. */
const REST_MS = { scheduler: 1_000, worker: 1_000, consumer: 10_000, web: 1_000 } as const
/** Of the web process there is little to lose. */
const WEIGHT = { scheduler: 4, worker: 5, consumer: 3, web: 1 } as const

/** What can happen to a process from outside. */
export function processFaults(cast: Cast): readonly Fault[] {
  return [
    ...services.flatMap((service) => ofService(service, cast[service])),
    {
      ...base('consumer', cast.consumer),
      family: 'suspend',
      name: 'suspend beyond the session',
      weight: 2,
      lastsMs: [13_000, 18_000],
      inject: async (stack, { victim, forMs }) => suspend(victimIn(stack, victim), forMs),
    },
    {
      family: 'rolling',
      name: 'rolling restart',
      place: 'worker',
      victims: ['all'],
      weight: 1,
      lastsMs: [10_000, 10_000],
      restMs: 30_000,
      inject: async (stack) => {
        for (const one of stack.processes.values()) {
          const ended = await end(one)
          if (ended.outcome !== 'injected') return ended
        }
        return INJECTED
      },
    },
  ]
}

function base(service: ServiceName, victims: readonly string[]) {
  return { victims, place: service, restMs: REST_MS[service] } as const
}

function ofService(service: ServiceName, victims: readonly string[]): readonly Fault[] {
  const weight = WEIGHT[service]
  const common = { ...base(service, victims), weight }
  return [
    {
      ...common,
      family: 'kill',
      name: `kill ${service}`,
      lastsMs: [1_000, 1_000],
      inject: async (stack, { victim }) => kill(victimIn(stack, victim)),
    },
    {
      ...common,
      family: 'suspend',
      name: `suspend ${service}`,
      weight: weight / 2,
      lastsMs: [500, 5_000],
      restMs: 1_000,
      inject: async (stack, { victim, forMs }) => suspend(victimIn(stack, victim), forMs),
    },
    {
      ...common,
      family: 'term',
      name: `term ${service}`,
      lastsMs: [2_000, 2_000],
      restMs: 2_000,
      inject: async (stack, { victim }) => end(victimIn(stack, victim)),
    },
  ]
}

export async function kill(victim: ChaosProcess): Promise<Injection> {
  const exited = victim.process.exited()
  victim.process.kill('SIGKILL')
  await exited
  await untilReady(victim)
  return INJECTED
}

async function suspend({ process }: ChaosProcess, forMs: number): Promise<Injection> {
  process.kill('SIGSTOP')
  await pause(forMs)
  process.kill('SIGCONT')
  return INJECTED
}

async function end(victim: ChaosProcess): Promise<Injection> {
  const exited = victim.process.exited()
  victim.process.kill('SIGTERM')
  return afterEnd(victim, exited)
}

/** Whoever was asked to end says that all went well; its supervisor starts it again. */
export async function afterEnd(
  victim: ChaosProcess,
  exited: ReturnType<ChaosProcess['process']['exited']>,
): Promise<Injection> {
  const { code, signal } = await exited
  await untilReady(victim)
  if (code === 0) return INJECTED
  const complaint = `${victim.name} was asked to end and ended with ${code ?? signal}`
  return { outcome: 'complained', complaint }
}
