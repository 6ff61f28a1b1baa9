import {
  type Check,
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Target,
} from '#shared/domain/check.ts'
import { type Examined, examine } from '../../worker/probe/perform-check.ts'
import type { Prober } from '../../worker/probe/prober.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'

/** What a check asks besides its URL. */
export type Asked = Partial<Target & Expectation> & { readonly signal?: AbortSignal }

/** One check of a site by one prober, with all that was seen. */
export function examineBy(
  prober: Prober,
  kind: Target['kind'],
  url: string,
  { signal, ...asked }: Asked = {},
): Promise<Examined> {
  const check: Check = {
    siteId: 7,
    slotMs: 60_000,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: { ...defaultTarget, timeoutMs: 5_000, ...asked, kind, url },
    expectation: { ...defaultExpectation, ...asked },
  }
  return examine(check, {
    prober,
    clock: { nowMs: () => 61_000 },
    selfWatch: unwatched,
    secretsOf: () => [],
    worker: 'w1',
    ...(signal === undefined ? {} : { signal }),
  })
}
