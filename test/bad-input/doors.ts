import { sql } from 'kysely'
import type { JobQueue } from '#shared/runtime/queue.ts'
import { enqueueDueChecks } from '../../scheduler/enqueue-due-checks.ts'
import { loadSites } from '../../site-file/load-sites.ts'
import { openUpload } from '../../site-file/open-source.ts'
import { type ApiClient, type ApiUnderTest, serveApi } from '../support/api-client.ts'
import { type Operator, openOperator } from '../support/operator.ts'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'

/** What somebody says of a site, by the names of its columns. */
export type SaidOfSite = Readonly<Record<string, unknown>>

/** What came of it: a reason for every problem, or none where the site is there. */
export type Reasons = readonly string[]

/** The doors that a site comes in by, all of one database. */
export class Doors {
  readonly database: TestDatabase
  readonly #queue: JobQueue
  readonly #api: ApiUnderTest
  readonly #key: ApiClient
  readonly #operator: Operator

  private constructor(
    database: TestDatabase,
    queue: JobQueue,
    api: ApiUnderTest,
    key: ApiClient,
    operator: Operator,
  ) {
    this.database = database
    this.#queue = queue
    this.#api = api
    this.#key = key
    this.#operator = operator
  }

  static async open(): Promise<Doors> {
    const database = await openTestDatabase()
    // A clock that runs ahead: many requests in a row are no reason to refuse one.
    let nowMs = Date.now()
    const api = await serveApi(database, { nowMs: () => (nowMs += 1_000) })
    const key = await api.as('read', 'write')
    return new Doors(database, await database.openQueue(), api, key, await openOperator(database))
  }

  async close(): Promise<void> {
    await this.#operator.close()
    await this.#api.close()
    await this.#queue.close()
    await this.database.close()
  }

  async clear(): Promise<void> {
    const { db } = this.database
    await sql`truncate site_config restart identity cascade`.execute(db)
    await sql`delete from pgboss.job`.execute(db)
  }

  /** `POST /api/v1/sites`: `status field: reason`. */
  request(said: SaidOfSite): Promise<Reasons> {
    return this.requestText(JSON.stringify(said))
  }

  async requestText(text: string): Promise<Reasons> {
    const { status, body } = await this.#key.send('POST', '/sites', { body: text })
    if (status === 201) return []
    const errors: readonly { field: string | null; reason: string }[] = body.errors ?? [
      { field: null, reason: body.detail },
    ]
    return errors.map(({ field, reason }) => `${status} ${field}: ${reason}`)
  }

  /** `load-data` of a JSON file: `line: reason`. All of the file or nothing. */
  file(...sites: readonly SaidOfSite[]): Promise<Reasons> {
    const lines = sites.map((said) => JSON.stringify(said)).join(',\n')
    return this.fileText('sites.json', `[${lines}]`)
  }

  async fileText(name: string, content: string | Buffer): Promise<Reasons> {
    const source = await openUpload(name, Buffer.from(content))
    const outcome = await loadSites(this.database.db, source, {
      mode: 'load',
      onProgress: () => undefined,
    })
    if (outcome.outcome !== 'refused') return []
    return outcome.problems.map(({ place, reason }) => `${place}: ${reason}`)
  }

  /** The form of the dashboard, as a browser sends it: `field: reason`. */
  async form(said: SaidOfSite): Promise<Reasons> {
    const texts = Object.entries(said).flatMap(([name, value]) =>
      value === null ? [] : [[name, inForm(value)] as const],
    )
    const answer = await this.#operator.post('/dashboard/sites/new', Object.fromEntries(texts))
    if (answer.status === 303) return []
    const found = answer.text.matchAll(/id="([a-z_]+)-problem"[^>]*>([^<]+)</g)
    return [...found].map(([, field, reason]) => `${field}: ${unescaped(reason ?? '')}`)
  }

  /** An insert: the constraint or SQLSTATE that refuses it, or what the scheduler says of the row. */
  async insert(said: SaidOfSite): Promise<Reasons> {
    const { db } = this.database
    const names = sql.join(Object.keys(said).map((name) => sql.ref(name)))
    const values = sql.join(Object.values(said).map((value) => sql.val(inSql(value))))
    try {
      await sql`insert into site_config (${names}) values (${values})`.execute(db)
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error
      return [('constraint' in error && error.constraint) || error.code].map(String)
    }
    const { invalid } = await this.turn()
    return invalid.map(({ reason }) => reason)
  }

  /** A turn of the scheduler, in which every new site is judged and checked; the one before is a second ago. */
  async turn() {
    const { db } = this.database
    await sql`
      update schedule_hand
      set last_slot = date_trunc('second', clock_timestamp()) - interval '1 s'`.execute(db)
    const done = await enqueueDueChecks({ db, queue: this.#queue, maxRequestsPerTick: 100 })
    if (done.outcome !== 'moved') throw new Error(`the hand is ${done.outcome}`)
    return done
  }

  /** The names of all sites that have a job. */
  async checked(): Promise<readonly string[]> {
    const { rows } = await sql<{ name: string }>`
      select distinct c.name from pgboss.job j join site_config c on c.id = (j.data->>'site_id')::int8
      where j.name = 'check' order by 1`.execute(this.database.db)
    return rows.map(({ name }) => name)
  }

  /** The names of all sites that there are. */
  async stored(): Promise<readonly (string | null)[]> {
    const rows = await this.database.db
      .selectFrom('site_config')
      .select('name')
      .orderBy('name')
      .execute()
    return rows.map(({ name }) => name)
  }
}

function inForm(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Arrays as Postgres has them, all else that is no scalar as JSON. */
function inSql(value: unknown): unknown {
  const isJson = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isJson ? JSON.stringify(value) : value
}

function unescaped(html: string): string {
  const characters = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' } as const
  return html.replace(
    /&(lt|gt|quot|#39|amp);/g,
    (_, name: keyof typeof characters) => characters[name],
  )
}
