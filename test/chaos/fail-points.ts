import { channel } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import { type FailPointMessage, type FailPointOrder, readFailPoint } from './fail-point-order.ts'
import { takeNote } from './take-note.ts'

/**
 * Loaded into a process before its own code (`node --import`): kills, suspends, ends or fails it at
 * the step that it is told, by FAILPOINT and FAILPOINT_NOTE at its start or by a message later on. A
 * newer order replaces the one before.
 */

/** Longer than a signal to oneself takes to arrive. A suspended process sleeps through it. */
const ARRIVAL_MS = 20
const STDERR = 2

type Armed = { readonly order: FailPointOrder; hits: number }
let armed: Armed | null = null

/** Nothing of this process runs on before the signal is there: a killed one does not come back from here. */
function signalMyself(signal: 'SIGKILL' | 'SIGSTOP'): void {
  process.kill(process.pid, signal)
  const waitMs = signal === 'SIGKILL' ? 60_000 : ARRIVAL_MS
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs)
}

function act({ step, does, notePath }: FailPointOrder): void {
  if (takeNote(notePath, 'hit') === 'taken') return
  writeSync(STDERR, `${JSON.stringify({ fail_point: step, does, at_ms: Date.now() })}\n`)
  if (does === 'kill') signalMyself('SIGKILL')
  if (does === 'suspend') signalMyself('SIGSTOP')
  // As the supervisor's would come: the process hears of it when it gets to its events.
  if (does === 'term') process.kill(process.pid, 'SIGTERM')
  if (does === 'throw') throw new Error(`fail point ${step}`)
}

function reach(step: unknown): void {
  if (armed === null || armed.order.step !== step) return
  armed.hits += 1
  if (armed.hits < armed.order.atHit) return
  const { order } = armed
  armed = null
  if (order.afterMs > 0 && order.does !== 'throw') setTimeout(() => act(order), order.afterMs)
  else act(order)
}

const stepChannel = channel('uptick.step')
// Makes `atStep` speak at all. What a subscriber throws never gets to the step, so it is not one that acts.
stepChannel.subscribe(() => undefined)
stepChannel.publish = reach

const { FAILPOINT, FAILPOINT_NOTE } = process.env
if (FAILPOINT !== undefined && FAILPOINT_NOTE !== undefined)
  armed = { order: { ...readFailPoint(FAILPOINT), notePath: FAILPOINT_NOTE }, hits: 0 }

process.on('message', ({ failPoint }: Partial<FailPointMessage>) => {
  if (failPoint !== undefined) armed = { order: failPoint, hits: 0 }
})
// The channel is the harness's: it keeps no process alive.
process.channel?.unref()
