import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '../../fuzz/random.ts'
import type { Link, LinkTrouble } from '../../support/link.ts'
import {
  type Cast,
  type Fault,
  type FaultOrder,
  INJECTED,
  type Injection,
  notInjected,
  victimIn,
} from '../fault.ts'
import type { ChaosStack } from '../start-stack.ts'

type Way = {
  readonly to: 'postgres' | 'kafka' | 'smtp'
  readonly victims: readonly string[]
  readonly weight: number
  readonly linkOf: (stack: ChaosStack, victim: string) => Link | null
}

type Trouble = {
  readonly name: string
  readonly lastsMs: Fault['lastsMs']
  readonly weight: number
  readonly of: (random: Random) => LinkTrouble | 'reset'
}

const troubles: readonly Trouble[] = [
  {
    name: 'delay',
    lastsMs: [2_000, 8_000],
    weight: 2,
    of: (random) => ({ trouble: 'delay', ms: random.between(20, 400) }),
  },
  { name: 'cut', lastsMs: [500, 6_000], weight: 2, of: () => ({ trouble: 'cut' }) },
  { name: 'reset', lastsMs: [0, 0], weight: 2, of: () => 'reset' },
  {
    name: 'black hole',
    lastsMs: [1_000, 8_000],
    weight: 2,
    of: (random) => ({
      trouble: 'black_hole',
      direction: random.pick(['both', 'there', 'back']),
    }),
  },
  {
    // Longer than a statement may take, and than a consumer's session lasts.
    name: 'long black hole',
    lastsMs: [16_000, 22_000],
    weight: 0.5,
    of: () => ({ trouble: 'black_hole', direction: 'both' }),
  },
]

/** What can happen between the processes and what they lean on. */
export function linkFaults(cast: Cast): readonly Fault[] {
  const ways: readonly Way[] = [
    {
      to: 'postgres',
      victims: Object.values(cast).flat(),
      weight: 1.5,
      linkOf: (stack, victim) => victimIn(stack, victim).postgres,
    },
    {
      to: 'kafka',
      victims: ['workers', 'consumers'],
      weight: 0.7,
      linkOf: ({ servers: { kafkaLinks } }, victim) =>
        kafkaLinks?.[victim === 'workers' ? 'workers' : 'consumers'] ?? null,
    },
    {
      to: 'smtp',
      victims: cast.consumer,
      weight: 0.7,
      linkOf: (stack, victim) => victimIn(stack, victim).smtp,
    },
  ]
  return ways.flatMap((way) => troubles.map((trouble) => faultOf(way, trouble)))
}

function faultOf(way: Way, { name, lastsMs, weight, of }: Trouble): Fault {
  return {
    family: 'links',
    name: `${way.to} link ${name}`,
    place: way.to,
    victims: way.victims,
    weight: way.weight * weight,
    lastsMs,
    restMs: 2_000,
    inject: (stack, order) => disturb(way.linkOf(stack, order.victim), of, order),
  }
}

async function disturb(
  link: Link | null,
  of: Trouble['of'],
  { forMs, seed }: FaultOrder,
): Promise<Injection> {
  if (link === null) return notInjected('there is no link of its own')
  const trouble = of(new Random(seed, 0))
  if (trouble === 'reset') {
    if (link.connectionCount() === 0) return notInjected('nobody was connected')
    link.reset()
    return INJECTED
  }
  link.disturb(trouble)
  await pause(forMs)
  link.mend()
  return INJECTED
}
