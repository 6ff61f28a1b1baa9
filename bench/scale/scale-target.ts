import { startTarget } from '../start-target.ts'
import type { Scheme } from './scale-options.ts'

/** What all sites are: a page on loopback, in a process of its own. */
export type ScaleTarget = {
  readonly pid: number
  /** Where it listens. Site n is at `/s/n` of any of them. */
  readonly origins: readonly string[]
  /** Name in its certificate; null: the address itself, or no TLS. */
  readonly serverName: string | null
  readonly caFile: string | null
  /** What these sites do from now on. Resolves when it is so. */
  order(sites: readonly number[], mode: 'ok' | 'failing'): Promise<void>
  end(): Promise<void>
}

export async function startScaleTarget(_scheme: Scheme, _folder: string): Promise<ScaleTarget> {
  const { port, pid, end } = await startTarget()
  return {
    pid,
    origins: [`http://127.0.0.1:${port}`],
    serverName: null,
    caFile: null,
    order: async () => undefined,
    end,
  }
}
