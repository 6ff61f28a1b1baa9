import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { Random } from './random.ts'
import { type ScriptedAnswer, scriptAnswer } from './scripted-answer.ts'

export type AnswerServer = {
  /** Several, so that a fast client does not use up the ports of its side. */
  readonly ports: readonly number[]
  /** What the answer of a number promised; null: it was never asked for. */
  promiseOf(number: number): ScriptedAnswer['promise'] | null
  stop(): Promise<void>
}

const PORTS = 4
const DRIP_MS = 50

/**
 * Answers `/NUMBER` with the answer of that number, which follows from the seed alone: any of them
 * can be had again. A redirect leads to `/NUMBER/1` and so on.
 */
export async function startAnswerServer(seed: number): Promise<AnswerServer> {
  const sockets = new Set<Socket>()
  const promises = new Map<number, ScriptedAnswer['promise']>()
  const script = (number: number, hop: number) => {
    const answer = answerOf(seed, number, hop)
    if (hop === 0) promises.set(number, answer.promise)
    return answer
  }
  const servers = await Promise.all(
    Array.from({ length: PORTS }, () => listen((socket) => serve(socket, script, sockets))),
  )
  return {
    ports: servers.map((server) => {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    }),
    promiseOf: (number) => promises.get(number) ?? null,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
    },
  }
}

/** The answer of a number, at so many redirects. */
export function answerOf(seed: number, number: number, hop: number): ScriptedAnswer {
  return scriptAnswer(new Random(seed, number * 8 + hop), `/${number}/${hop + 1}`)
}

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', 4_096, listening))
  return server
}

function serve(
  socket: Socket,
  script: (number: number, hop: number) => ScriptedAnswer,
  sockets: Set<Socket>,
): void {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  socket.on('error', () => undefined)
  socket.once('data', (request) => {
    socket.resume()
    const [, number, hop] = /^GET \/(\d+)(?:\/(\d+))? /.exec(request.toString('latin1')) ?? []
    if (number === undefined) throw new Error(`not a request of ours: ${request}`)
    void play(socket, script(Number(number), Number(hop ?? 0)))
  })
}

async function play(socket: Socket, { writes, pace, ending }: ScriptedAnswer): Promise<void> {
  for (const bytes of writes) {
    if (socket.destroyed) return
    await written(socket, bytes)
    if (pace === 'in_turns') await turn()
    if (pace === 'drip') await wait(DRIP_MS)
  }
  if (ending === 'fin') socket.end()
  if (ending === 'rst') socket.resetAndDestroy()
}

/** Taken by the kernel, or not to be taken any more. */
function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((done) => {
    socket.once('close', done)
    socket.write(bytes, () => {
      socket.off('close', done)
      done()
    })
  })
}
