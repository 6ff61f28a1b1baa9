import { channel } from 'node:diagnostics_channel'

/**
 * The moments at which a process could be killed and something might be lost or done twice. Nobody
 * listens in production; `make chaos` preloads a module that kills, suspends or ends the process
 * there (test/chaos/fail-points.ts). Two more, within an exchange with a mail server, are seen by
 * the mail server of the harness.
 */
export const steps = [
  'scheduler.claimed',
  'scheduler.before_commit',
  'scheduler.after_commit',
  'worker.fetched',
  'worker.probing',
  'worker.before_publish',
  'worker.before_acknowledgement',
  'worker.before_complete',
  'worker.completed',
  'consumer.before_begin',
  'consumer.before_commit',
  'consumer.before_offset',
  'notifier.claimed',
  'notifier.accepted',
  'notifier.marked',
  'load_data.before_commit',
] as const
export type Step = (typeof steps)[number]

const stepChannel = channel('uptick.step')

/** Says that a step is reached: costs nothing unless somebody listens. */
export function atStep(step: Step): void {
  if (stepChannel.hasSubscribers) stepChannel.publish(step)
}
