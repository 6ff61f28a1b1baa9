import { createServer, type ServerResponse } from 'node:http'

/** How a site answers right now: with its name and 200 or 503, late or not at all, or with 200 and a body of its own. */
export type Mode = 'ok' | 'slow' | 'failing' | 'hanging' | { readonly body: string }

export type ScriptedTarget = {
  readonly url: string
  /** Every site below this path answers so from now on. */
  set(path: string, mode: Mode): void
  /** How many requests came for a path. */
  requests(path: string): number
  close(): Promise<void>
}

/** A good answer that leaves time for something to happen to whoever waits for it. */
const SLOW_MS = 500

/** A target on loopback whose sites are its paths: `ok` until told otherwise. */
export async function openScriptedTarget(): Promise<ScriptedTarget> {
  const modes = new Map<string, Mode>()
  const counts = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const longest = [...modes.keys()]
      .filter((prefix) => path.startsWith(prefix))
      .sort((a, b) => b.length - a.length)[0]
    answer(response, (longest === undefined ? undefined : modes.get(longest)) ?? 'ok')
  })
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve),
  )
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the target has no address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    set: (path, mode) => void modes.set(path, mode),
    requests: (path) => counts.get(path) ?? 0,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(response: ServerResponse, mode: Mode): void {
  if (mode === 'hanging') return
  if (typeof mode === 'object') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(mode.body)
    return
  }
  const answers = () =>
    response.writeHead(mode === 'failing' ? 503 : 200, { 'content-type': 'text/plain' }).end(mode)
  if (mode === 'slow') setTimeout(answers, SLOW_MS)
  else answers()
}
