import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '../../fuzz/random.ts'
import type { ClockFault } from '../../support/clock-fault.ts'
import type { ServiceName } from '../../support/stack.ts'
import type { WorkerFault } from '../../support/worker-faults.ts'
import { type Cast, type Fault, INJECTED, victimIn } from '../fault.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600 * SECOND_MS
type Steps = readonly [number, ...number[]]
const SMALL_STEPS: Steps = [-45, -3, 3, 45].map((seconds) => seconds * SECOND_MS) as [number]
/** A consumer whose clock is an hour behind takes good records for ones from the future: it sets them aside. */
const CLOCK_STEPS: Readonly<Record<ServiceName, Steps>> = {
  scheduler: [...SMALL_STEPS, -HOUR_MS, HOUR_MS],
  worker: [...SMALL_STEPS, -HOUR_MS, HOUR_MS],
  consumer: SMALL_STEPS,
  web: [...SMALL_STEPS, -HOUR_MS, HOUR_MS],
}

/** What can be wrong with the host that a process is on. */
export function hostFaults(cast: Cast): readonly Fault[] {
  const clocks = (['scheduler', 'worker', 'consumer', 'web'] as const).map(
    (service): Fault => ({
      family: 'clock',
      name: `clock of ${service} steps`,
      place: service,
      victims: cast[service],
      weight: 1,
      lastsMs: [2_000, 8_000],
      restMs: 2_000,
      inject: async (stack, { victim, forMs, seed }) => {
        const { process } = victimIn(stack, victim)
        const aheadMs = new Random(seed, 0).pick(CLOCK_STEPS[service])
        process.send({ clockAheadMs: aheadMs } satisfies ClockFault)
        await pause(forMs)
        process.send({ clockAheadMs: 0 } satisfies ClockFault)
        return INJECTED
      },
    }),
  )
  return [
    ...clocks,
    networkFault(cast, 'network_loss', [2_000, 10_000], 3),
    networkFault(cast, 'stall', [500, 3_000], 2),
  ]
}

function networkFault(
  cast: Cast,
  fault: WorkerFault['fault'],
  lastsMs: Fault['lastsMs'],
  weight: number,
): Fault {
  return {
    family: 'network',
    name: fault === 'stall' ? 'worker stalls' : 'worker loses its network',
    place: 'worker',
    victims: cast.worker,
    weight,
    lastsMs,
    restMs: 2_000,
    inject: async (stack, { victim, forMs }) => {
      const order: WorkerFault = { fault, forMs, ports: stack.outsidePorts }
      victimIn(stack, victim).process.send(order)
      await pause(forMs)
      return INJECTED
    },
  }
}
