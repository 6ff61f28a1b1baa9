import { connect, type Db } from '#db/connect.ts'
import { webApp } from '../../web/app.ts'
import type { WebContext } from '../../web/web-context.ts'
import type { TestDatabase } from './test-database.ts'
import { webContext } from './web-context.ts'

/** Somebody who has logged in to the dashboard, without a browser. */
export type Operator = {
  /** Web's own connection, with the rights of its role. */
  readonly db: Db
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** As a form of the dashboard is sent. */
  post(path: string, fields?: Fields | FormData): Promise<Answer>
  close(): Promise<void>
}

export type Answer = {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Where it leads to; null: nowhere. */
  readonly location: string | null
}

type Fields = Readonly<Record<string, string>>

const ORIGIN = 'http://127.0.0.1:8070'
export const DASHBOARD_PASSWORD = 'geheim'

export async function openOperator(
  database: TestDatabase,
  own: Partial<WebContext> = {},
): Promise<Operator> {
  const connectionString = database.urlAs('uptick_web')
  const db = connect(
    { connectionString, applicationName: 'test web', maxConnections: 8 },
    () => undefined,
  )
  const pages = { title: 'Status', publicUrl: null, dashboardPassword: DASHBOARD_PASSWORD }
  const app = webApp(webContext({ db, pages, ...own }))
  let cookie = ''
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = { cookie, host: '127.0.0.1:8070', origin: ORIGIN, ...init.headers }
    const answer = await app.request(`${ORIGIN}${path}`, { ...init, headers })
    const text = await answer.text()
    const location = answer.headers.get('location')
    return { status: answer.status, text, headers: answer.headers, location }
  }
  const post: Operator['post'] = (path, fields = {}) => {
    const body = fields instanceof FormData ? fields : new URLSearchParams(fields)
    return send(path, { method: 'POST', body })
  }
  const login = await post('/dashboard/login', { password: DASHBOARD_PASSWORD })
  cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
  return {
    db,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    close: () => db.destroy(),
  }
}
