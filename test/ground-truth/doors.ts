import { createServer, type Server, type Socket } from 'node:net'
import type { ClosedDoor } from './ground-truth-message.ts'
import { listenOn } from './listen-on.ts'

/**
 * Below what Linux and macOS give to outgoing connections: one of those could otherwise take the port
 * while its door is closed, or even be connected to itself.
 */
const LOWEST_PORT = 20_000
const PORTS = 10_000
const TRIES = 100

type Door = {
  readonly number: number
  readonly port: number
  readonly server: Server
  /** Null: it is open. */
  closedAtMs: number | null
  isOpening: boolean
}

export type DoorsOptions = {
  readonly numbers: readonly number[]
  readonly receive: (socket: Socket) => void
  /** Whether a site is to refuse now. */
  readonly refuses: (number: number) => boolean
  /** The time of scripts. */
  readonly nowMs: () => number
}

/** The ports of sites that have one for themselves, closed while they are to refuse. */
export class Doors {
  readonly #options: DoorsOptions
  readonly #doors: readonly Door[]
  readonly #closed: ClosedDoor[] = []

  private constructor(options: DoorsOptions, doors: readonly Door[]) {
    this.#options = options
    this.#doors = doors
  }

  static async open(options: DoorsOptions): Promise<Doors> {
    const doors: Door[] = []
    for (const number of options.numbers) {
      const server = createServer(options.receive)
      const port = await listenSomewhere(server)
      doors.push({ number, port, server, closedAtMs: null, isOpening: false })
    }
    return new Doors(options, doors)
  }

  get ports(): readonly (readonly [number: number, port: number])[] {
    return this.#doors.map(({ number, port }) => [number, port])
  }

  /** Opens and closes what is to be: how often it is called decides how late that may be. */
  async follow(): Promise<void> {
    await Promise.all(this.#doors.map((door) => this.#turn(door)))
  }

  /** For good. */
  close(): void {
    for (const { server } of this.#doors) server.close()
  }

  async #turn(door: Door): Promise<void> {
    const refuses = this.#options.refuses(door.number)
    if (refuses && door.closedAtMs === null) this.#close(door)
    if (!refuses && door.closedAtMs !== null && !door.isOpening) await this.#reopen(door)
  }

  /** When each was closed, those that still are up to this moment. */
  closedPeriods(): readonly ClosedDoor[] {
    const still = this.#doors.flatMap((door) => this.#periodOf(door))
    return [...this.#closed, ...still]
  }

  #close(door: Door): void {
    door.closedAtMs = this.#options.nowMs()
    door.server.close()
  }

  /** A port that is taken is tried again the next time; until then the door counts as closed, which it is. */
  async #reopen(door: Door): Promise<void> {
    door.isOpening = true
    const outcome = await listenOn(door.server, door.port)
    door.isOpening = false
    if (outcome !== 'listening') return
    this.#closed.push(...this.#periodOf(door))
    door.closedAtMs = null
  }

  #periodOf({ number, closedAtMs }: Door): ClosedDoor[] {
    return closedAtMs === null
      ? []
      : [{ number, fromMs: closedAtMs, untilMs: this.#options.nowMs() }]
  }
}

async function listenSomewhere(server: Server): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS)
    if ((await listenOn(server, port)) === 'listening') return port
  }
  throw new Error(
    `no free port from ${LOWEST_PORT} to ${LOWEST_PORT + PORTS - 1} in ${TRIES} tries`,
  )
}
