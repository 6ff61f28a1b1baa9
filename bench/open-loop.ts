import { request } from 'node:http'

export type LoadOptions = {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly perSecond: number
  readonly seconds: number
}

export type LoadFigures = {
  readonly offered: number
  /** Answers with status 200, and whole bodies. */
  readonly answered: number
  readonly bytesEach: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/**
 * Asks at a fixed rate, each time on a new connection, whether or not earlier answers have come. Time is
 * counted from the moment at which a request was due: a server that stalls is not excused by a client that waits.
 */
export async function openLoop({
  url,
  headers = {},
  perSecond,
  seconds,
}: LoadOptions): Promise<LoadFigures> {
  const offered = perSecond * seconds
  const startMs = performance.now()
  const asked: Promise<Answer>[] = []
  for (let count = 0; count < offered; count++) {
    const dueMs = startMs + (count * 1000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    asked.push(ask(url, headers, dueMs))
  }
  const answers = await Promise.all(asked)
  const good = answers.filter(({ status }) => status === 200)
  const tookMs = good.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
  return {
    offered,
    answered: good.length,
    bytesEach: Math.round(good.reduce((sum, { bytes }) => sum + bytes, 0) / good.length),
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    maxMs: quantile(tookMs, 1),
  }
}

/** Of sorted values: the smallest that is at least as large as this share of them. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

type Answer = { readonly status: number; readonly bytes: number; readonly tookMs: number }

function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  dueMs: number,
): Promise<Answer> {
  return new Promise((resolve) => {
    const lost = () => resolve({ status: 0, bytes: 0, tookMs: performance.now() - dueMs })
    const call = request(url, { agent: false, headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.once('error', lost)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, bytes, tookMs: performance.now() - dueMs }),
      )
    })
    call.once('error', lost)
    call.end()
  })
}
