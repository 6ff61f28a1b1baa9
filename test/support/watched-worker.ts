import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { defaultExpectation, defaultTarget } from '#shared/domain/check.ts'
import { openLog } from '#shared/runtime/log.ts'
import { httpProber } from '../../worker/probe/http-prober.ts'
import { performCheck } from '../../worker/probe/perform-check.ts'
import { askRoute } from '../../worker/self-watch/ask-route.ts'
import { CanaryWatch } from '../../worker/self-watch/canary-watch.ts'
import { ClockWatch } from '../../worker/self-watch/clock-watch.ts'
import { NameWatch } from '../../worker/self-watch/name-watch.ts'
import { openSelfWatch } from '../../worker/self-watch/open-self-watch.ts'

/**
 * A process to be ill-treated: checks one URL again and again, so many times at once, and writes
 * each result as a line. `block MS` on standard input blocks its event loop; the end of it ends the
 * process, when what is under way is done.
 */

const [url = '', timeout = '1000', atOnce = '20'] = process.argv.slice(2)

const log = openLog('watched worker', 'silent')
const prober = httpProber({ version: '0.0.0', addresses: { allowPrivate: true } })
const selfWatch = openSelfWatch({
  clock: new ClockWatch(log),
  names: new NameWatch(),
  canaries: new CanaryWatch({ urls: [], prober, log }),
  askRoute,
})
const check = {
  siteId: 1,
  slotMs: 0,
  cadenceSeconds: 60,
  occasion: 'slot',
  avoidWorker: null,
  target: { ...defaultTarget, url, timeoutMs: Number(timeout) },
  expectation: defaultExpectation,
} as const

let isEnding = false
const input = createInterface({ input: process.stdin })
input.on('line', (line) => block(Number(line.split(' ')[1])))
input.on('close', () => {
  isEnding = true
})

function block(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

async function checkOn(): Promise<void> {
  while (!isEnding) {
    const { result, failure, message } = await performCheck(check, {
      prober,
      clock: { nowMs: () => Date.now() },
      selfWatch,
      secretsOf: () => [],
      worker: 'watched',
    })
    // Checks that fail at once, without a file descriptor, would leave the sockets of others unread.
    await setImmediate()
    process.stdout.write(`${JSON.stringify({ result, failure, message })}\n`)
  }
}

await selfWatch.start()
await Promise.all(Array.from({ length: Number(atOnce) }, checkOn))
await selfWatch.stop()
