import type { Db } from '#db/connect.ts'
import type { Log } from '#shared/runtime/log.ts'
import type { Assets } from './assets.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { RecordCall } from './heartbeat-routes.ts'
import type { AnsweredRequest } from './tell-requests.ts'

/** All that pages and the API need of the process. */
export type WebContext = {
  readonly record: RecordCall
  readonly db: Db
  /** For files of sites, which take longer than a page may: a connection of their own, and their own limit. */
  readonly loads: Db
  readonly assets: Assets
  /** Says when what is shown may have changed. */
  readonly changes: ChangeFeed
  readonly pages: PageSettings
  /** Told of each request that was answered, for figures of it. */
  readonly onRequest: (request: AnsweredRequest) => void
  readonly nowMs: () => number
  readonly log: Log
}

export type PageSettings = {
  /** The heading of the status page. */
  readonly title: string
  /** Where the world reaches us, without a slash at its end: for links in feeds; null: not known. */
  readonly publicUrl: string | null
  /** What the dashboard is entered with; null: there is no dashboard. */
  readonly dashboardPassword: string | null
}
