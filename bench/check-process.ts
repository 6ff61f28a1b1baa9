import { readFileSync } from 'node:fs'
import { type Check, defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { httpProber } from '../worker/probe/http-prober.ts'
import { performCheck } from '../worker/probe/perform-check.ts'
import { secretFiles } from '../worker/probe/secret-files.ts'
import { secretsOf } from '../worker/probe/secrets-of.ts'
import { unwatched } from '../worker/probe/self-watch.ts'

/**
 * A process that does nothing but perform checks, as a worker does, and says over IPC what CPU they
 * cost it. Its argument is the authority that it trusts.
 */
export type Errand = { readonly url: string; readonly count: number; readonly concurrency: number }
export type Bill = { readonly cpuMicros: number; readonly up: number; readonly example: string }

const trustedCa = readFileSync(process.argv[2] ?? '', 'utf8')
const tools = {
  prober: httpProber({ version: '0.0.0', addresses: { allowPrivate: true }, trustedCa }),
  clock: { nowMs: () => Date.now() },
  selfWatch: unwatched,
  secretsOf: secretsOf(secretFiles({ folder: null, bytesMax: 0 })),
  worker: 'bench',
}

async function run({ url, count, concurrency }: Errand): Promise<Bill> {
  const check: Check = {
    siteId: 1,
    slotMs: 0,
    cadenceSeconds: 60,
    occasion: 'slot',
    avoidWorker: null,
    target: { ...defaultTarget, url },
    expectation: defaultExpectation,
  }
  let left = count
  let up = 0
  let example = ''
  const lane = async () => {
    while (left-- > 0) {
      const result = await performCheck(check, tools)
      if (result.result === 'up') up++
      if (left === 0) example = JSON.stringify(result)
    }
  }
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: concurrency }, lane))
  const { user, system } = process.cpuUsage(before)
  return { cpuMicros: user + system, up, example }
}

process.on('message', (errand: Errand) => {
  void run(errand).then((bill) => process.send?.(bill))
})
