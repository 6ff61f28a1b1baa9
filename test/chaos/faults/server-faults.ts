import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from '../../../scripts/support/is-alive.ts'
import { type Fault, INJECTED, type Injection, notInjected } from '../fault.ts'
import type { ChaosStack } from '../start-stack.ts'

const SHARED = notInjected('the server is shared with others')

/** What can happen to Postgres and to Kafka. A supervisor starts again what gave up. */
export const serverFaults: readonly Fault[] = [
  {
    family: 'postgres',
    name: 'postgres kill',
    place: 'postgres',
    victims: ['postgres'],
    weight: 3,
    lastsMs: [0, 3_000],
    restMs: 12_000,
    inject: async ({ servers: { postgres } }, { forMs }) => {
      if (postgres === null) return SHARED
      await postgres.kill()
      await pause(forMs)
      await postgres.restart()
      return INJECTED
    },
  },
  {
    family: 'postgres',
    name: 'postgres restart',
    place: 'postgres',
    victims: ['postgres'],
    weight: 2,
    lastsMs: [1_000, 1_000],
    restMs: 12_000,
    inject: async ({ servers: { postgres } }) => {
      if (postgres === null) return SHARED
      await postgres.restart()
      return INJECTED
    },
  },
  {
    family: 'disk',
    name: 'disk full',
    place: 'postgres',
    victims: ['postgres'],
    weight: 2,
    lastsMs: [2_000, 8_000],
    restMs: 15_000,
    inject: (stack, { forMs }) => fillDisk(stack, forMs),
  },
  {
    family: 'kafka',
    name: 'kafka kill',
    place: 'kafka',
    victims: ['kafka'],
    weight: 2,
    lastsMs: [0, 3_000],
    restMs: 20_000,
    inject: async ({ servers: { kafka } }, { forMs }) => {
      if (kafka === null) return SHARED
      await kafka.kill()
      await pause(forMs)
      await kafka.restart()
      return INJECTED
    },
  },
  ...(
    [
      ['kafka suspend', 2, [1_000, 6_000]],
      ['kafka suspend beyond the session', 1, [13_000, 20_000]],
    ] as const
  ).map(
    ([name, weight, lastsMs]): Fault => ({
      family: 'kafka',
      name,
      place: 'kafka',
      victims: ['kafka'],
      weight,
      lastsMs,
      restMs: 15_000,
      inject: async ({ servers: { kafka } }, { forMs }) => {
        if (kafka === null) return SHARED
        process.kill(kafka.pid(), 'SIGSTOP')
        await pause(forMs)
        process.kill(kafka.pid(), 'SIGCONT')
        return INJECTED
      },
    }),
  ),
]

async function fillDisk({ servers }: ChaosStack, forMs: number): Promise<Injection> {
  const { disk, postgres } = servers
  if (postgres === null || 'missing' in disk)
    return notInjected('missing' in disk ? disk.missing : 'the server is shared')
  await disk.fill()
  await pause(forMs)
  await disk.empty()
  // A server that finds no room for its log ends itself, tries to recover, and gives up.
  if (!isAlive(postgres.pid())) await postgres.restart()
  return INJECTED
}
