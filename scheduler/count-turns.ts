import type { Metrics } from '#shared/runtime/metrics.ts'
import type { Tick } from './enqueue-due-checks.ts'

const TURN_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The same turn of the hand, counted and timed. A turn that fails is told as `failed`, and fails. */
export function countTurns(metrics: Metrics, turn: () => Promise<Tick>): () => Promise<Tick> {
  const turns = metrics.counter({
    name: 'uptick_scheduler_turns_total',
    help: 'Turns of the clock hand, by what came of them; busy: another scheduler moved it.',
    labels: ['outcome'],
    known: [{ outcome: 'moved' }, { outcome: 'busy' }, { outcome: 'failed' }],
  })
  const seconds = metrics.histogram({
    name: 'uptick_scheduler_tick_seconds',
    help: 'How long a turn took that moved the hand: queries, inserts and commit.',
    buckets: TURN_BUCKETS,
  })
  const enqueued = metrics.counter({
    name: 'uptick_scheduler_checks_enqueued_total',
    help: 'Checks that became a job.',
  })
  const missed = metrics.counter({
    name: 'uptick_scheduler_slots_missed_total',
    help: 'Slots that a stall has swallowed: each site got its newest one only.',
  })
  const note = (tick: Tick, tookMs: number) => {
    turns.add(1, { outcome: tick.outcome })
    if (tick.outcome !== 'moved') return
    seconds.observe(tookMs / 1_000)
    enqueued.add(tick.enqueued, {})
    missed.add(tick.missed, {})
  }
  return async () => {
    const begunAtMs = performance.now()
    try {
      const tick = await turn()
      note(tick, performance.now() - begunAtMs)
      return tick
    } catch (error) {
      turns.add(1, { outcome: 'failed' })
      throw error
    }
  }
}
