import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { BLACKBOX, type Contender, startBlackbox } from '../blackbox.ts'
import { isInstalled } from '../page-target.ts'
import type { ScaleTarget } from './scale-target.ts'

/** CPU microseconds of each probe, round by round; what is not installed is not among them. */
export type SideBySide = Readonly<Record<string, readonly number[]>>

export type SideOptions = {
  readonly target: Pick<ScaleTarget, 'origin' | 'serverName' | 'caFile'>
  readonly folder: string
  readonly rounds: number
}

const PROBES = 3_000
const CONCURRENCY = 100

/**
 * What others spend on the probe alone, on the same target, in turns. After a first round that warms
 * up. Asked for before and after a run, it stands for the machine as it was then.
 */
export async function sideBySide({ target, folder, rounds }: SideOptions): Promise<SideBySide> {
  if (rounds === 0) return {}
  const contenders = new Map<string, Contender>([['bare undici', bareProbe(target)]])
  const { caFile, serverName } = target
  if (isInstalled(BLACKBOX)) {
    const options = { folder, caFile, serverName, concurrency: CONCURRENCY }
    contenders.set('blackbox_exporter', await startBlackbox(options))
  } else console.log(`${BLACKBOX} is not installed: it is left out`)
  const micros = new Map<string, number[]>()
  try {
    const url = `${target.origin}/s/1`
    for (let round = 0; round <= rounds; round++) {
      for (const [name, contender] of contenders) {
        const cost = await contender.measure(url, PROBES)
        if (round > 0) micros.set(name, [...(micros.get(name) ?? []), Math.round(cost)])
      }
    }
  } finally {
    for (const contender of contenders.values()) await contender.end()
  }
  return Object.fromEntries(micros)
}

/** A process of its own each time. */
function bareProbe({ serverName, caFile }: SideOptions['target']): Contender {
  const script = path.join(import.meta.dirname, '../bare-probe.ts')
  const env = { ...process.env, ...(caFile !== null && { NODE_EXTRA_CA_CERTS: caFile }) }
  return {
    async measure(url, count) {
      const named = serverName === null ? [] : [serverName]
      const args = [script, new URL(url).origin, String(count), ...named]
      const { stdout } = await promisify(execFile)(process.execPath, args, { env })
      return JSON.parse(stdout).cpuMicrosPerProbe
    },
    end: async () => undefined,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
