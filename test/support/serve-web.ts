import { connect } from '#db/connect.ts'
import { listen } from '#db/listen.ts'
import { webApp } from '../../web/app.ts'
import { changeFeed } from '../../web/change-feed.ts'
import type { WebContext } from '../../web/web-context.ts'
import { WebServer } from '../../web/web-server.ts'
import type { TestDatabase } from './test-database.ts'
import { webContext } from './web-context.ts'

export type ServedWeb = {
  /** `http://127.0.0.1:34567` */
  readonly origin: string
  /** Before the database is closed. */
  close(): Promise<void>
}

/** All of web on a free port, or a given one, with a real database as the role that web ships with, and its changes heard of. */
export async function serveWeb(
  database: Pick<TestDatabase, 'urlAs'>,
  own: Partial<WebContext> = {},
  port = 0,
): Promise<ServedWeb> {
  const connectionString = database.urlAs('uptick_web')
  const db = connect(
    { connectionString, applicationName: 'test web', maxConnections: 8 },
    () => undefined,
  )
  const changes = changeFeed((onNotified) =>
    listen({
      connectionString,
      applicationName: 'test web changes',
      channel: 'uptick_changed',
      onNotified,
      onTrouble: () => undefined,
    }),
  )
  const app = webApp(webContext({ db, changes, ...own }))
  const server = new WebServer({ host: '127.0.0.1', port }, app.fetch)
  await changes.start()
  await server.start()
  return {
    origin: `http://127.0.0.1:${server.port}`,
    async close() {
      // First, since open streams end with it.
      await changes.stop()
      await server.stop()
      await db.destroy()
    },
  }
}
