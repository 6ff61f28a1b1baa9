import type { Service } from '#shared/runtime/service.ts'
import type { SelfMark, SelfWatch, Trouble } from '../probe/self-watch.ts'
import type { AskRoute } from './ask-route.ts'
import type { CanaryWatch } from './canary-watch.ts'
import type { ClockWatch } from './clock-watch.ts'
import { type Doubts, doubtsAbout } from './doubts-about.ts'
import type { NameWatch } from './name-watch.ts'

export type SelfWatchParts = {
  readonly clock: ClockWatch
  readonly names: NameWatch
  readonly canaries: CanaryWatch
  readonly askRoute: AskRoute
}

/**
 * All that a worker knows of itself. What costs nothing is asked first; name servers and canaries
 * are asked at the same time, so that a verdict waits for the slower of them and not for both.
 */
export function openSelfWatch(parts: SelfWatchParts): SelfWatch & Service {
  const { clock, canaries } = parts
  return {
    name: 'self-watch',
    async start() {
      await clock.start()
      await canaries.start()
    },
    async stop() {
      await canaries.stop()
      await clock.stop()
    },
    begin: () => clock.mark(),
    async troubleSince(mark, suspect) {
      const doubts = doubtsAbout(suspect)
      if (doubts === null) return null
      return troubleOfTime(clock, mark, doubts) ?? (await troubleOfNetwork(parts, mark, doubts))
    },
  }
}

function troubleOfTime(clock: ClockWatch, mark: SelfMark, { time }: Doubts): Trouble | null {
  if (time === null) return null
  const reason = clock.troubleSince(mark, time.limitMs)
  return reason === null ? null : { reason, concerns: time.concerns }
}

async function troubleOfNetwork(
  { names, canaries, askRoute }: SelfWatchParts,
  { monotonicMs }: SelfMark,
  { route, name, network }: Doubts,
): Promise<Trouble | null> {
  const way = route === null ? 'routed' : await askRoute(route)
  if (way !== 'routed') {
    const what = way === 'no_route' ? 'has no route' : 'cannot look for a route'
    return { reason: `this worker ${what} to ${route}`, concerns: 'verdict' }
  }
  const reasons = await Promise.all([
    name === null ? null : names.troubleSince(monotonicMs, name),
    network === null ? null : canaries.troubleSince(monotonicMs),
  ])
  const reason = reasons.find((one) => one !== null)
  return reason === undefined ? null : { reason, concerns: 'verdict' }
}
