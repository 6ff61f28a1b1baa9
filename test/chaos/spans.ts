import type { FaultPlace, InjectedFault, Span } from './evidence.ts'

/** Arithmetic of times, and which faults a time may be excused by. Pure. */

/** Whether two times have an instant in common, their ends included: a kill is an instant. */
export function meet(a: Span, b: Span): boolean {
  return a.fromMs <= b.untilMs && b.fromMs <= a.untilMs
}

/** In order, without overlaps. */
export function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = []
  for (const { fromMs, untilMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last === undefined || last.untilMs < fromMs) joined.push({ fromMs, untilMs })
    else joined[joined.length - 1] = { ...last, untilMs: Math.max(last.untilMs, untilMs) }
  }
  return joined
}

/** How much of a time is covered by others. */
export function coveredMs({ fromMs, untilMs }: Span, by: readonly Span[]): number {
  return union(by)
    .map((span) => Math.min(span.untilMs, untilMs) - Math.max(span.fromMs, fromMs))
    .reduce((sum, covered) => sum + Math.max(0, covered), 0)
}

/** A fault of one of these places, with what it takes to get over it, in milliseconds. */
export type Excuse = Readonly<Partial<Record<FaultPlace, number>>>

/** The faults that an excuse names, as long as they are felt. */
export function felt(
  faults: readonly InjectedFault[],
  excuse: Excuse,
  isMeant: (fault: InjectedFault) => boolean = () => true,
): readonly Span[] {
  return faults.flatMap((fault) => {
    const afterMs = excuse[sufferer(fault)]
    if (afterMs === undefined || !isMeant(fault)) return []
    return [{ fromMs: fault.fromMs, untilMs: fault.untilMs + afterMs }]
  })
}

/** A link is one process's, or that of one kind of them: its trouble is theirs, and not the server's. */
export function sufferer({ name, place, victim }: InjectedFault): FaultPlace {
  if (!/\blink\b/.test(name)) return place
  const kinds = ['scheduler', 'worker', 'consumer', 'web'] as const
  return kinds.find((kind) => victim.startsWith(kind)) ?? place
}

/** The other way round: those spans of time that none of these covers. */
export function outside(whole: Span, spans: readonly Span[]): readonly Span[] {
  const free: Span[] = []
  let fromMs = whole.fromMs
  for (const span of union(spans)) {
    if (span.fromMs > fromMs && fromMs < whole.untilMs)
      free.push({ fromMs, untilMs: Math.min(span.fromMs, whole.untilMs) })
    fromMs = Math.max(fromMs, span.untilMs)
  }
  if (fromMs < whole.untilMs) free.push({ fromMs, untilMs: whole.untilMs })
  return free
}

/** An instant as violations tell it. */
export function at(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}
