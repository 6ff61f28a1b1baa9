import { steadyMix } from '../../test/ground-truth/make-truth.ts'
import { serverNameOf } from '../../test/ground-truth/row-of.ts'
import { startGroundTruth } from '../../test/ground-truth/start-ground-truth.ts'
import type { Scheme } from './scale-options.ts'

/** The ground-truth target, in a process of its own: all its sites are up until they are told otherwise. */
export type ScaleTarget = {
  readonly pid: number
  readonly scheme: Scheme
  /** Without a slash at the end; site n is at `/s/n`. */
  readonly origin: string
  /** Of site 1 in its certificate; null without TLS. */
  readonly serverName: string | null
  /** PEM of the authority that signed the certificate; null without TLS. */
  readonly caFile: string | null
  /** Sites that answer with another status for so long from now on. */
  fail(sites: readonly number[], forMs: number): Promise<void>
  end(): Promise<void>
}

/** How many sites the target knows: of a larger fleet, several are at the same path. */
export const TARGET_SITES = 100_000

export async function startScaleTarget(
  scheme: Scheme,
  cadenceSeconds: number,
  folder: string,
): Promise<ScaleTarget> {
  const target = await startGroundTruth({
    truth: { seed: 1, sites: TARGET_SITES, durationMs: 0, cadenceSeconds, mix: steadyMix },
    timeoutMs: 10_000,
    folder,
    logging: 'count',
  })
  const isTls = scheme === 'https'
  return {
    pid: target.pid,
    scheme,
    origin: isTls ? target.httpsOrigin : target.origin,
    serverName: isTls ? serverNameOf(1) : null,
    caFile: isTls ? target.caFile : null,
    fail: async (sites, forMs) => void (await target.order('wrong_status', forMs, sites)),
    end: () => target.stop(),
  }
}
