import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type AnswerServer, startAnswerServer } from './answer-server.ts'
import type { FuzzMemory, FuzzMessage, FuzzOptions, ProbedAnswer } from './fuzz-options.ts'
import { isLate, offenceOf } from './offence.ts'

export type FuzzReport = {
  readonly options: FuzzOptions
  readonly durationMs: number
  readonly memory: FuzzMemory
  /** `up`, `down reset`, ...: how often. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Answers that promised to be up, and how many of them our deadline was too short for. */
  readonly good: number
  readonly goodButLate: number
  /** By the clock on the wall, and without the time that the machine gave to others. */
  readonly slowestMs: number
  readonly slowestFairMs: number
  readonly offences: readonly Offence[]
}

/** Which answer it was can be seen again: `answerOf(seed, number, 0)`. */
export type Offence = {
  readonly number: number
  readonly offence: string
  readonly result: string | null
  readonly message: string | null
}

/** Serves fuzzed answers here, has a process of its own probe them, and holds each result to account. */
export async function fuzzAnswers(options: FuzzOptions): Promise<FuzzReport> {
  const startedAtMs = performance.now()
  const server = await startAnswerServer(options.seed)
  try {
    const tally = new Tally(options, server)
    const memory = await probeInChild(options, server, (results) => results.forEach(tally.add))
    return { options, durationMs: performance.now() - startedAtMs, memory, ...tally.read() }
  } finally {
    await server.stop()
  }
}

/**
 * A heap that has room grows into it, leak or not: this much is plenty for probing, and a leak of
 * a few hundred bytes a check would end the process.
 */
const HEAP = ['--max-old-space-size=64', '--max-semi-space-size=4']

async function probeInChild(
  options: FuzzOptions,
  { ports }: AnswerServer,
  take: (results: readonly ProbedAnswer[]) => void,
): Promise<FuzzMemory> {
  const program = path.join(import.meta.dirname, 'probe-answers.ts')
  const child = fork(program, [JSON.stringify({ ...options, ports })], {
    execArgv: ['--expose-gc', ...HEAP],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let memory: FuzzMemory | null = null
  child.on('message', (message: FuzzMessage) => {
    if (message.kind === 'results') take(message.results)
    else memory = message.memory
  })
  const [code, signal] = await once(child, 'exit')
  if (memory === null || code !== 0) {
    throw new Error(`the probing process ended with ${code ?? signal}, seed ${options.seed}`)
  }
  return memory
}

class Tally {
  readonly #options: FuzzOptions
  readonly #server: AnswerServer
  readonly #outcomes = new Map<string, number>()
  readonly #offences: Offence[] = []
  #good = 0
  #goodButLate = 0
  #slowestMs = 0
  #slowestFairMs = 0

  constructor(options: FuzzOptions, server: AnswerServer) {
    this.#options = options
    this.#server = server
  }

  readonly add = (answer: ProbedAnswer): void => {
    const { number, result, tookMs, tookFairMs } = answer
    const outcome = [result?.result ?? 'hung', result?.failure ?? []].flat().join(' ')
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
    this.#slowestMs = Math.max(this.#slowestMs, tookMs)
    this.#slowestFairMs = Math.max(this.#slowestFairMs, tookFairMs)
    // Where nobody came to ask, nothing was promised.
    const promise = this.#server.promiseOf(number) ?? 'none'
    if (promise === 'good') {
      this.#good++
      if (isLate(result?.failure ?? null)) this.#goodButLate++
    }
    const offence = offenceOf(answer, promise, this.#options)
    if (offence !== null) {
      this.#offences.push({ number, offence, result: outcome, message: result?.message ?? null })
    }
  }

  read() {
    const byCount = [...this.#outcomes].sort(([, one], [, other]) => other - one)
    return {
      outcomes: Object.fromEntries(byCount),
      good: this.#good,
      goodButLate: this.#goodButLate,
      slowestMs: this.#slowestMs,
      slowestFairMs: this.#slowestFairMs,
      offences: this.#offences,
    }
  }
}
