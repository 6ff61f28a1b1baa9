import { describe, expect, test } from 'vitest'
import { fuzzAnswers } from '../../test/fuzz/fuzz-answers.ts'
import type { FuzzOptions } from '../../test/fuzz/fuzz-options.ts'

/**
 * Every run has another seed, which it tells when it fails; `SEED=... make test` has the same
 * answers again. `make fuzz` probes 100,000.
 */

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const MIB = 1024 * 1024
const limits = { seed, concurrency: 32, timeoutMs: 300 }

describe('whatever a server answers', () => {
  test.each<[string, FuzzOptions]>([
    ['when its body does not matter', { ...limits, count: 3_000, rules: 'none' }],
    ['when its body does', { ...limits, count: 2_000, rules: 'body' }],
  ])(
    'the probe ends in time with one plain verdict: %s',
    async (_, options) => {
      const { offences, outcomes, memory } = await fuzzAnswers(options)
      expect(offences, `SEED=${seed}`).toEqual([])
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(options.count)
      expect(outcomes.up, 'answers that came in time').toBeGreaterThan(options.count / 20)
      expect(memory.end.residentBytes - memory.warm.residentBytes).toBeLessThan(64 * MIB)
    },
    60_000,
  )
})
