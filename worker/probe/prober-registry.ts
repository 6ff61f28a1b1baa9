import type { CheckKind } from '#shared/domain/check.ts'
import type { Prober } from './prober.ts'

/** Hands each target to the prober of its kind. */
export function proberRegistry(probers: Readonly<Record<CheckKind, Prober>>): Prober {
  const byKind = new Map<string, Prober>(Object.entries(probers))
  return {
    async probe(target, want, visit) {
      const prober = byKind.get(target.kind)
      if (prober !== undefined) return prober.probe(target, want, visit)
      // A job of a later version, in a rolling upgrade.
      const message = `this worker makes no checks of kind ${target.kind}`
      return { outcome: 'inconclusive', message }
    },
  }
}
