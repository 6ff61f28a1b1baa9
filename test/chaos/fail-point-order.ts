import { type Step, steps } from '#shared/runtime/step.ts'

/** What happens to a process at a step. `throw`: an error where nobody expects one. */
export const failures = ['kill', 'suspend', 'term', 'throw'] as const
export type FailPointDoes = (typeof failures)[number]

export type FailPoint = {
  readonly step: Step
  readonly does: FailPointDoes
  /** At which reach of the step, counted from when the order came: 1 and up. */
  readonly atHit: number
  /**
   * Milliseconds from that reach to the deed, in which the process goes on: for steps at which a
   * promise was made whose bytes are on no wire yet. 0: at once, before anything else. A `throw` is at once.
   */
  readonly afterMs: number
}

/**
 * As a process gets it. The note is a file that whoever comes first makes: the process when it is about
 * to do what it was told, or the harness when it waits no longer. So both always agree whether it was hit.
 */
export type FailPointOrder = FailPoint & { readonly notePath: string }

export type FailPointMessage = { readonly failPoint: FailPointOrder }

const WRITTEN =
  /^(?<step>[a-z_.]+):(?<does>[a-z]+)@(?<atHit>[1-9]\d{0,6})(?:\+(?<afterMs>\d{1,4})ms)?$/

/** Reads `worker.before_publish:kill@3` or, five milliseconds later, `worker.probing:kill@1+5ms`. */
export function readFailPoint(written: string): FailPoint {
  const groups = WRITTEN.exec(written)?.groups
  const step = steps.find((known) => known === groups?.step)
  const does = failures.find((known) => known === groups?.does)
  if (groups === undefined || step === undefined || does === undefined)
    throw new Error(`FAILPOINT is ${written}: must be step:kill|suspend|term|throw@hit`)
  return { step, does, atHit: Number(groups.atHit), afterMs: Number(groups.afterMs ?? 0) }
}

/** For a process that is started with its order, a command for instance. */
export function failPointEnvironment(
  { step, does, atHit, afterMs }: FailPoint,
  notePath: string,
): Readonly<Record<string, string>> {
  return { FAILPOINT: `${step}:${does}@${atHit}+${afterMs}ms`, FAILPOINT_NOTE: notePath }
}
