/** The part of a `.cpuprofile` (V8's, as `node --cpu-prof` writes it) that is read. Times in microseconds. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      /** From 0. */
      readonly lineNumber: number
    }
  }[]
  readonly samples: readonly number[]
  /** Before each sample. */
  readonly timeDeltas: readonly number[]
}

export type HotFunction = {
  readonly name: string
  /** Its file from the folder that is cut off, and line; empty for what is V8's own. */
  readonly place: string
  readonly selfMicros: number
  /** Of the time that was not idle, 0 to 1. */
  readonly share: number
}

const IDLE = '(idle)'

/** Functions by the time spent in themselves, most first. Pure. */
export function hotFunctions(
  profile: CpuProfile,
  root: string,
  count: number,
): readonly HotFunction[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, root)]))
  const micros = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '(unknown)'
    // A sample stands for the time until the next one; what a late timer makes of it is not negative.
    const spent = Math.max(0, profile.timeDeltas[index + 1] ?? 0)
    micros.set(name, (micros.get(name) ?? 0) + spent)
  }
  micros.delete(IDLE)
  const busy = [...micros.values()].reduce((sum, spent) => sum + spent, 0)
  return [...micros]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([key, selfMicros]) => {
      const [name = '', place = ''] = key.split('\n')
      return { name, place, selfMicros, share: selfMicros / Math.max(1, busy) }
    })
}

type Frame = CpuProfile['nodes'][number]['callFrame']

function nameOf({ functionName, url, lineNumber }: Frame, root: string): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const file = url
    .replace(/^file:\/\//, '')
    .replace(root, '')
    .replace(/^\//, '')
  return `${name}\n${file}:${lineNumber + 1}`
}
