import { describe, expect, test } from 'vitest'
import { checkKinds, defaultTarget } from '#shared/domain/check.ts'
import type { BodyWanted, Prober } from './prober.ts'
import { proberRegistry } from './prober-registry.ts'

/** A prober that tells by its message what it was asked. */
function named(name: string): Prober {
  return {
    probe: async ({ url }, want, { signal } = {}) => ({
      outcome: 'inconclusive',
      message: `${name} looks at ${url} for ${want}, ${signal?.aborted ? 'stopping' : 'at leisure'}`,
    }),
  }
}
const all = proberRegistry({
  http: named('http'),
  tcp: named('tcp'),
  tls: named('tls'),
  dns: named('dns'),
  icmp: named('icmp'),
  heartbeat: named('heartbeat'),
})

describe('a target is handed, with all that was asked, to the prober of its kind', () => {
  test.each(checkKinds.flatMap((kind) => [[kind, 'text'] as const, [kind, 'none'] as const]))(
    '%s, wanting %s',
    async (kind, want: BodyWanted) => {
      const target = { ...defaultTarget, kind, url: 'x:' }
      expect(await all.probe(target, want, { signal: AbortSignal.abort() })).toMatchObject({
        message: `${kind} looks at x: for ${want}, stopping`,
      })
    },
  )
})

test('a kind that this worker does not know says nothing of the site', async () => {
  const ofLater = { ...defaultTarget, kind: JSON.parse('"gopher"'), url: 'gopher://127.0.0.1' }
  expect(await all.probe(ofLater, 'none')).toEqual({
    outcome: 'inconclusive',
    message: 'this worker makes no checks of kind gopher',
  })
})
