import { connect } from '#db/connect.ts'
import { openLog } from '#shared/runtime/log.ts'
import { openAssets } from '../../web/assets.ts'
import { noChanges } from '../../web/change-feed.ts'
import type { WebContext } from '../../web/web-context.ts'

/** What web needs, for a test that cares for a part of it. The database in it answers nobody. */
export function webContext(own: Partial<WebContext> = {}): WebContext {
  const nobody = () =>
    connect(
      { connectionString: 'postgres://127.0.0.1:1', applicationName: 'test', maxConnections: 1 },
      () => undefined,
    )
  return {
    record: async () => 'recorded',
    db: nobody(),
    loads: own.db ?? nobody(),
    assets: openAssets(),
    changes: noChanges,
    pages: { title: 'Status', publicUrl: null, dashboardPassword: null },
    onRequest: () => undefined,
    nowMs: () => Date.now(),
    log: openLog('test', 'silent'),
    ...own,
  }
}
