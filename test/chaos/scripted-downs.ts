import { expectedOf } from '../ground-truth/expected-of.ts'
import type { Fleet, Span } from './evidence.ts'

/** A time in which every look at a site should have said `down`, in epoch milliseconds. */
export type ScriptedDown = Span & { readonly siteId: number }

/** In order of site and time; modes that follow upon one another are one. `slow` is not down. Pure. */
export function scriptedDowns({ sites, truthStartMs }: Fleet): readonly ScriptedDown[] {
  const downs: ScriptedDown[] = []
  for (const [siteId, { script }] of sites) {
    for (const { fromMs, untilMs, mode } of script) {
      if (expectedOf(mode).result !== 'down') continue
      const last = downs.at(-1)
      const goesOn = last?.siteId === siteId && last.untilMs === truthStartMs + fromMs
      if (goesOn) downs.pop()
      downs.push({
        siteId,
        fromMs: goesOn ? last.fromMs : truthStartMs + fromMs,
        untilMs: truthStartMs + untilMs,
      })
    }
  }
  return downs
}
