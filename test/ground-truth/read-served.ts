import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Served } from './truth.ts'

/** The target's log. A last line that was being written when the target was killed is left out. */
export async function readServed(file: string): Promise<Served[]> {
  const served: Served[] = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.endsWith('}')) served.push(JSON.parse(line))
  }
  return served
}
