import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Service } from './service.ts'

export type HealthSettings = { readonly host: string; readonly port: number | null }

/** What is wrong with the process right now, or null. Must not wait for anything. */
export type HealthQuestion = () => string | null

export type HealthAnswers = {
  readonly live: HealthQuestion
  readonly ready: HealthQuestion
  /** `/metrics` and what else is served in its format, by path. */
  readonly metrics: Readonly<Record<string, () => string | Promise<string>>>
}

export type HealthServer = Service & {
  /** The port that is listened on, or null. */
  port(): number | null
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
/** Scrapers keep one connection each. */
const CONNECTIONS_MAX = 50

/** Serves `/livez` (it runs and makes progress), `/readyz` (it can do its work) and metrics, where a port is given. */
export function healthServer(settings: HealthSettings, answers: HealthAnswers): HealthServer {
  let server: Server | null = null
  return {
    name: 'health server',
    port() {
      const address: AddressInfo | string | null = server?.address() ?? null
      return address === null || typeof address === 'string' ? null : address.port
    },
    async start() {
      if (settings.port === null || server !== null) return
      const listening = createServer((request, response) => void answer(request, response, answers))
      listening.maxConnections = CONNECTIONS_MAX
      server = listening
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject)
        listening.listen(settings.port ?? 0, settings.host, resolve)
      })
    },
    async stop() {
      const closing = server
      server = null
      closing?.closeAllConnections()
      await new Promise<void>((resolve) =>
        closing === null ? resolve() : closing.close(() => resolve()),
      )
    },
  }
}

async function answer(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  { live, ready, metrics }: HealthAnswers,
): Promise<void> {
  const path = url.split('?')[0] ?? ''
  const render = Object.hasOwn(metrics, path) ? metrics[path] : undefined
  if (render !== undefined) return answerMetrics(response, render)
  const question = { '/livez': live, '/readyz': ready }[path]
  const trouble = question === undefined ? 'not found' : question()
  const status = question === undefined ? 404 : trouble === null ? 200 : 503
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${trouble ?? 'ok'}\n`)
}

/** A bug in a figure must not end the process that it tells of. */
async function answerMetrics(
  response: ServerResponse,
  render: () => string | Promise<string>,
): Promise<void> {
  try {
    const text = await render()
    response.writeHead(200, { 'content-type': METRICS_TYPE }).end(text)
  } catch {
    response.writeHead(500, { 'content-type': 'text/plain' }).end('the figures cannot be told\n')
  }
}
