import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceProcess } from '../support/stack.ts'
import type { FailPoint, FailPointMessage } from './fail-point-order.ts'
import { takeNote } from './take-note.ts'

export type FailPointPlan = FailPoint & {
  /** How long a suspended process sleeps until it is resumed. */
  readonly forMs: number
  /** After which an order that was not reached is withdrawn. */
  readonly withinMs: number
}

const LOOK_EVERY_MS = 10

/** A withdrawn note is kept to the end: a process that was asleep meanwhile still looks for it when it wakes. */
const noteFolder = mkdtempSync(path.join(os.tmpdir(), 'uptick-fail-points-'))
process.once('exit', () => rmSync(noteFolder, { recursive: true, force: true }))

export function newNotePath(): string {
  return path.join(noteFolder, randomUUID())
}

/**
 * Tells a process that has fail-points.ts preloaded what is to happen to it and where. Resolves once
 * it happened, a suspended one being resumed by then, or once the order is withdrawn for certain: a
 * process that died of something else, or that never got to the step.
 */
export async function armFailPoint(
  service: Pick<ServiceProcess, 'send' | 'kill'>,
  { forMs, withinMs, ...failPoint }: FailPointPlan,
): Promise<'hit' | 'not_reached'> {
  const notePath = newNotePath()
  const message: FailPointMessage = { failPoint: { ...failPoint, notePath } }
  service.send(message)
  const endMs = performance.now() + withinMs
  while (!existsSync(notePath) && performance.now() < endMs) await pause(LOOK_EVERY_MS)
  if (takeNote(notePath, 'withdrawn') === 'first') return 'not_reached'
  if (failPoint.does === 'suspend') {
    await pause(forMs)
    service.kill('SIGCONT')
  }
  return 'hit'
}
