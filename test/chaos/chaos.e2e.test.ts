import { describe, expect, inject, test } from 'vitest'
import { families } from './fault.ts'
import { isClean, reportOf } from './report.ts'
import { runChaos } from './run-chaos.ts'
import { seededRun } from './seeded-run.ts'

/**
 * What `make chaos` does, as a part of the tests: CHAOS_MINUTES=5 of faults of every family, from
 * CHAOS_SEED=, the same plan each time. Servers of its own, since they are killed.
 */
const MINUTES = Number(process.env.CHAOS_MINUTES ?? 5)
const SEED = Number(process.env.CHAOS_SEED ?? 20_261_125)
const PER_MINUTE = 70
const SITES = 100
/** To come up, to be calm, to run empty and to be looked at. */
const BESIDES_MS = 8 * 60_000

describe.skipIf('missing' in inject('kafka'))('faults by chance into the real processes', () => {
  test(`violate nothing, with seed ${SEED}`, {
    timeout: MINUTES * 60_000 + BESIDES_MS,
  }, async () => {
    const outcome = await runChaos(
      seededRun({
        seed: SEED,
        minutes: MINUTES,
        sites: SITES,
        families,
        perMinute: PER_MINUTE,
        tell: () => undefined,
      }),
    )
    const report = reportOf(outcome)
    process.stdout.write(`${report}\n`)
    expect(outcome.faults.length, report).toBeGreaterThan(MINUTES * 20)
    expect(isClean(outcome), report).toBe(true)
  })
})
