import { setTimeout as pause } from 'node:timers/promises'
import { usageOf } from '../../bench/process-usage.ts'
import type { CounterScrape, MemorySample } from './evidence.ts'
import { textAt } from './gather-answers.ts'
import type { ChaosProcess } from './start-process.ts'
import type { ChaosStack } from './start-stack.ts'

export type Observation = {
  readonly memory: readonly MemorySample[]
  readonly counters: readonly CounterScrape[]
  /** One more look at everything, now. */
  look(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 5_000

/** Looks at memory and counters of all processes every 5 s, as a monitoring system would. Who is dead at the time has none. */
export function observe(stack: ChaosStack): Observation {
  const memory: MemorySample[] = []
  const counters: CounterScrape[] = []
  const stopping = new AbortController()
  const look = async () => {
    memory.push(...sampleMemory(stack))
    const scrapes = await Promise.all([...stack.processes.values()].map(scrape))
    counters.push(...scrapes.filter((one) => one !== null))
  }
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look()
      await pause(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    memory,
    counters,
    look,
    async stop() {
      stopping.abort()
      await looking
    },
  }
}

function sampleMemory({ processes, servers, truth }: ChaosStack): readonly MemorySample[] {
  const pids = [
    ...[...processes.values()].map(({ name, process }) => [name, process.pid()] as const),
    ...(servers.postgres === null ? [] : [['postgres', servers.postgres.pid()] as const]),
    ...(servers.kafka === null ? [] : [['kafka', servers.kafka.pid()] as const]),
    ['target', truth.pid] as const,
  ]
  const atMs = Date.now()
  return pids
    .map(([process, pid]) => ({ atMs, process, pid, rssBytes: rssOf(pid) }))
    .filter(({ rssBytes }) => rssBytes > 0)
}

/** 0: it is dead at this very moment, as asked for. */
function rssOf(pid: number): number {
  try {
    return usageOf(pid).rssBytes
  } catch {
    return 0
  }
}

async function scrape({ name, process, health }: ChaosProcess): Promise<CounterScrape | null> {
  const pid = process.pid()
  const text = await textAt(health, '/metrics')
  // Whoever answered may be the next incarnation already.
  if (text === null || process.pid() !== pid) return null
  return { atMs: Date.now(), process: name, pid, values: seriesIn(text) }
}

/** `name{label="value"} 12` and its like, by line. */
export function seriesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}
