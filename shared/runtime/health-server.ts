import { createServer, type Server } from 'node:http'
import type { Service } from './service.ts'

export type HealthSettings = { readonly host: string; readonly port: number | null }

/** What is wrong with the process right now, or null. Must not wait for anything. */
export type HealthQuestion = () => string | null

/** Serves `/livez` (it runs and makes progress) and `/readyz` (it can do its work) where a port is given. */
export function healthServer(
  settings: HealthSettings,
  ask: { live: HealthQuestion; ready: HealthQuestion },
): Service {
  let server: Server | null = null
  return {
    name: 'health server',
    async start() {
      if (settings.port === null || server !== null) return
      const listening = createServer((request, response) => {
        const question = { '/livez': ask.live, '/readyz': ask.ready }[request.url ?? '']
        const trouble = question === undefined ? 'not found' : question()
        const status = question === undefined ? 404 : trouble === null ? 200 : 503
        response.writeHead(status, { 'content-type': 'text/plain' }).end(`${trouble ?? 'ok'}\n`)
      })
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
