import type { Evidence, MemorySample } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'

/** A process that was killed earlier shows nothing. */
const LIVED_MIN_MS = 120_000
/** Until its code is compiled and its heap has found its size. */
const WARM_UP_SHARE = 0.4
/** By 3.1: 20 %; and what one sample more or less of a heap of some 100 MiB is. */
const GROWTH_MAX = 1.2
const NOISE_BYTES = 16 * 1024 * 1024
/** A median of fewer says little. */
const SAMPLES_MIN = 6

/** I12 */
export const memoryIsFlat: Invariant = {
  id: 'I12',
  sentence: 'No process that lived for two minutes grew by more than a fifth after its first part',
  examine: async ({ memory }: Evidence) => judgeMemory(memory),
}

export function judgeMemory(memory: readonly MemorySample[]): Finding {
  const lives = [...Map.groupBy(memory, ({ process, pid }) => `${process} (${pid})`)].map(
    ([name, samples]) => ({ name, ...growthOf(samples) }),
  )
  const long = lives.filter(
    ({ livedMs, samples }) => livedMs >= LIVED_MIN_MS && samples >= SAMPLES_MIN,
  )
  return {
    compared: long.length,
    of: 'processes that lived long enough',
    violations: long
      .filter(({ early, late }) => late > early * GROWTH_MAX + NOISE_BYTES)
      .map(
        ({ name, early, late }) => `${name}: grew from ${mebibytes(early)} to ${mebibytes(late)}`,
      ),
    remarks: [
      `most: ${mebibytes(Math.max(0, ...long.map(({ late }) => late)))}`,
      `lived for too short a time: ${lives.length - long.length}`,
    ],
  }
}

/** The middle of a life after its warm-up, against its end. */
function growthOf(samples: readonly MemorySample[]) {
  const inOrder = samples.toSorted((a, b) => a.atMs - b.atMs)
  const firstMs = inOrder[0]?.atMs ?? 0
  const livedMs = (inOrder.at(-1)?.atMs ?? 0) - firstMs
  const warm = inOrder.filter(({ atMs }) => atMs >= firstMs + livedMs * WARM_UP_SHARE)
  const half = Math.ceil(warm.length / 2)
  return {
    livedMs,
    samples: warm.length,
    early: median(warm.slice(0, half)),
    late: median(warm.slice(half)),
  }
}

function median(samples: readonly MemorySample[]): number {
  const sorted = samples.map(({ rssBytes }) => rssBytes).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
