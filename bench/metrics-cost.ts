import type { CheckResult } from '#shared/domain/result.ts'
import { openMetrics } from '#shared/runtime/metrics.ts'
import type { FetchedJob } from '#shared/runtime/queue.ts'
import { countChecks } from '../worker/count-checks.ts'
import type { Settled } from '../worker/worker.ts'

/**
 * `node bench/metrics-cost.ts`: what counting adds to a check in a worker, and what a scrape of it
 * costs. CPU microseconds of this process, the median of the rounds.
 */

const CHECKS = 1_000_000
const ROUNDS = 7
const BATCHES = [1, 50, 1_000]
const SCRAPES = 500

const result: CheckResult = {
  siteId: 1,
  slotMs: 1_700_000_000_000,
  occasion: 'slot',
  checkedAtMs: 1_700_000_000_180,
  result: 'up',
  failure: null,
  message: null,
  statusCode: 200,
  latencyMs: 40,
  dnsMs: 1,
  connectMs: 9,
  tlsMs: 20,
  ttfbMs: 8,
  hops: [],
  remoteAddress: '127.0.0.1',
  httpVersion: '1.1',
  responseBytes: 512,
  extractedValue: null,
  slaMet: null,
  certExpiresAtMs: null,
  certificate: null,
  excerpt: null,
  worker: 'bench',
}

const job: FetchedJob = {
  id: '',
  name: 'check',
  data: {},
  expireInSeconds: 20,
  heartbeatSeconds: null,
  retryCount: 0,
  signal: new AbortController().signal,
}

/** One in fifty is down, as in a fleet that has a bad day. */
function batchOf(size: number): readonly Settled[] {
  return Array.from({ length: size }, (_, index): Settled => {
    const isDown = index % 50 === 49
    const seen: CheckResult = isDown ? { ...result, result: 'down', failure: 'timeout' } : result
    return { outcome: 'probed', job, result: seen, isPublished: true }
  })
}

const metrics = openMetrics({ service: 'worker', version: '0' })
const watcher = countChecks(metrics)

for (const size of BATCHES) {
  const batch = batchOf(size)
  const perCheck = median(() => {
    for (let done = 0; done < CHECKS; done += size) {
      watcher.onPublished(3)
      watcher.onSettled(batch)
    }
  })
  console.log(`batches of ${size}: ${(perCheck / CHECKS).toFixed(3)} µs a check`)
}
const text = await metrics.render()
const before = process.cpuUsage()
for (let done = 0; done < SCRAPES; done++) await metrics.render()
const scrape = micros(before) / SCRAPES / 1_000
console.log(`a scrape: ${scrape.toFixed(2)} ms, ${(text.length / 1_024).toFixed(1)} KiB`)
process.exit()

/** Of the rounds after a first one that warms up. */
function median(work: () => void): number {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const begun = process.cpuUsage()
    work()
    return micros(begun)
  })
  return rounds.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

function micros(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return user + system
}
