import { type Check, defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { httpProber } from '../../worker/probe/http-prober.ts'
import { type CheckTools, performCheck } from '../../worker/probe/perform-check.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'
import { FairClock } from './fair-clock.ts'
import {
  type FuzzMessage,
  type FuzzOptions,
  type MemoryMark,
  type ProbedAnswer,
  rulesOf,
} from './fuzz-options.ts'

/**
 * A process that does nothing but probe, as a worker does, so that its memory is that of probing.
 * Started with a channel to its parent and `--expose-gc`; its argument is the options and the ports.
 */

const options: FuzzOptions & { readonly ports: readonly number[] } = JSON.parse(
  process.argv[2] ?? '',
)
const HANG_AFTER_MS = options.timeoutMs + 1_000
const BATCH = 500

const tools: CheckTools = {
  prober: httpProber({
    version: '0.0.0',
    addresses: { allowPrivate: true },
    // No question leaves the machine, whatever an answer may have made of a URL.
    resolve: async () => ({ outcome: 'failed', failure: 'dns', message: 'no such name' }),
  }),
  clock: { nowMs: () => Date.now() },
  selfWatch: unwatched,
  secretsOf: () => [],
  worker: 'fuzz',
}

const fairClock = new FairClock()
const start = measure()
const warmUp = Math.min(2_000, Math.ceil(options.count / 5))
await probeAll(0, warmUp)
const warm = measure()
let peakBytes = warm.residentBytes
const sampling = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, 20)
await probeAll(warmUp, options.count)
clearInterval(sampling)
fairClock.stop()
await send({ kind: 'end', memory: { start, warm, end: measure(), peakBytes } })
process.disconnect()

/** So many at a time, each the next number that is free. */
async function probeAll(from: number, until: number): Promise<void> {
  let next = from
  let batch: ProbedAnswer[] = []
  const runner = async () => {
    while (next < until) {
      const probed = await probe(next++)
      batch.push(probed)
      if (batch.length < BATCH) continue
      const results = batch
      batch = []
      await send({ kind: 'results', results })
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, runner))
  await send({ kind: 'results', results: batch })
}

async function probe(number: number): Promise<ProbedAnswer> {
  const startedAtMs = performance.now()
  const startedAtFairMs = fairClock.nowMs()
  const { promise: hung, resolve } = Promise.withResolvers<null>()
  const release = watchFrom(startedAtFairMs, () => resolve(null))
  const result = await Promise.race([performCheck(checkOf(number), tools), hung])
  release()
  return {
    number,
    result,
    tookMs: performance.now() - startedAtMs,
    tookFairMs: fairClock.nowMs() - startedAtFairMs,
  }
}

/** Calls once the time of a check has passed, by the fair clock; what it returns calls that off. */
function watchFrom(startedAtMs: number, call: () => void): () => void {
  const look = () => {
    const leftMs = startedAtMs + HANG_AFTER_MS - fairClock.nowMs()
    if (leftMs <= 0) call()
    else timer = setTimeout(look, leftMs)
  }
  let timer = setTimeout(look, HANG_AFTER_MS)
  return () => clearTimeout(timer)
}

function checkOf(number: number): Check {
  const port = options.ports[number % options.ports.length] ?? 0
  return {
    siteId: number,
    slotMs: 60_000,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: {
      ...defaultTarget,
      url: `http://127.0.0.1:${port}/${number}`,
      timeoutMs: options.timeoutMs,
    },
    expectation: { ...defaultExpectation, ...rulesOf(options, number) },
  }
}

/** What is left once all that can be given back was given back. */
function measure(): MemoryMark {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { residentBytes: rss, liveBytes: heapUsed + external }
}

function send(message: FuzzMessage): Promise<void> {
  return new Promise((sent, failed) => {
    process.send?.(message, undefined, {}, (error) => (error === null ? sent() : failed(error)))
  })
}
