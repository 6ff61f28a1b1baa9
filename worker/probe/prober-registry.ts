import type { CheckKind } from '#shared/domain/check.ts'
import type { Prober } from './prober.ts'

/** Hands each target to the prober of its kind. */
export function proberRegistry(probers: Readonly<Partial<Record<CheckKind, Prober>>>): Prober {
  return {
    async probe(target, want, signal) {
      const prober = probers[target.kind]
      if (prober !== undefined) return prober.probe(target, want, signal)
      const message = `this worker makes no checks of kind ${target.kind}`
      return { outcome: 'inconclusive', message }
    },
  }
}
