import { readSizes, type Sizes } from './read-sizes.ts'
import { readSlots, readStored, type SlotMinute, type Window } from './read-slots.ts'
import { type Fleet, uncheckedSites, waitingChecks } from './set-fleet.ts'
import type { System } from './start-system.ts'
import { type Sample, takeSample } from './take-sample.ts'

/** All that was seen of one window of time. */
export type Measured = {
  readonly sites: number
  readonly cadenceSeconds: number
  readonly window: Window
  /** `late`: not every site had had its first check when the window began, or jobs had piled up. */
  readonly warmUp: 'done' | 'late'
  readonly warmUpMs: number
  /** In order, the first at the window's start and the last at its end. */
  readonly samples: readonly Sample[]
  /** Rows that were committed between each two samples. */
  readonly stored: readonly number[]
  /** One of each minute, the last one (minute -1) of all of it. */
  readonly slots: readonly SlotMinute[]
  readonly sizes: { readonly before: Sizes; readonly after: Sizes }
}

const SAMPLE_EVERY_MS = 10_000
/** Of a warm-up, beyond two cadences. */
const PATIENCE_MS = 120_000
/** Counting costs the database something. */
const POLL_MS = 2_000
/** As many as come in this time are on their way, not in a pile. */
const JOBS_OF_SECONDS = 2
/** How long after its slot a result may still come in; with the checks that this takes, two more samples' time. */
const SETTLING_MS = 15_000

export const sleep = (ms: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))

/** Waits until every site had its first check and no jobs have piled up, or patience is at its end. */
export async function warmUp(
  { db }: System,
  { sites, cadenceSeconds }: Fleet,
): Promise<Pick<Measured, 'warmUp' | 'warmUpMs'>> {
  const beganMs = performance.now()
  const endMs = beganMs + 2_000 * cadenceSeconds + PATIENCE_MS
  const few = JOBS_OF_SECONDS * (sites / cadenceSeconds)
  const isWarm = async () => (await uncheckedSites(db)) === 0 && (await waitingChecks(db)) <= few
  let warm = await isWarm()
  while (!warm && performance.now() < endMs) {
    await sleep(POLL_MS)
    warm = await isWarm()
  }
  return { warmUp: warm ? 'done' : 'late', warmUpMs: Math.round(performance.now() - beganMs) }
}

/** Told the milliseconds since the window's start at each sample. */
export type OnSample = (sample: Sample, sinceMs: number) => void

/** Samples for whole minutes from the next whole second on, then reads what became of their slots. */
export async function measureWindow(
  system: System,
  fleet: Fleet,
  minutes: number,
  onSample: OnSample,
): Promise<Omit<Measured, 'warmUp' | 'warmUpMs'>> {
  const { db, kafkaFolder, sampled } = system
  const before = await readSizes(db, kafkaFolder)
  const fromMs = Math.ceil(Date.now() / 1_000) * 1_000
  const window = { fromMs, untilMs: fromMs + minutes * 60_000 }
  const samples: Sample[] = []
  for (let atMs = fromMs; atMs <= window.untilMs; atMs += SAMPLE_EVERY_MS) {
    await sleep(atMs - Date.now())
    const sample = await takeSample(sampled)
    samples.push(sample)
    onSample(sample, atMs - fromMs)
  }
  const after = await readSizes(db, kafkaFolder)
  await sleep(SETTLING_MS)
  const { sites, cadenceSeconds } = fleet
  return {
    sites,
    cadenceSeconds,
    window,
    samples,
    stored: await readStored(
      db,
      samples.map(({ atMs }) => atMs),
    ),
    slots: await readSlots(db, cadenceSeconds, window),
    sizes: { before, after },
  }
}
