import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { connect, type Db } from '#db/connect.ts'
import { migrate } from '#db/migrate.ts'
import { queueDefinitions } from '#shared/contracts/queues.ts'
import { openLog } from '#shared/runtime/log.ts'
import { installQueues } from '#shared/runtime/queue.ts'
import { startPostgres } from '../scripts/support/postgres.ts'
import { openBrowser, type TestBrowser, type View, views } from './support/browser.ts'
import { seedHistory } from './support/seeded-history.ts'
import { serveWeb } from './support/serve-web.ts'

/** `make screenshots`: the pictures in docs/images, of a seeded history, by a real browser. */

const imagesFolder = path.join(import.meta.dirname, '../docs/images')
const PASSWORD = 'a password for pictures'

type Picture = { readonly name: string; readonly path: string }

const pictures: readonly Picture[] = [
  { name: 'status', path: '/' },
  { name: 'dashboard', path: '/dashboard' },
  { name: 'site', path: '/dashboard/sites/3' },
]

/** As much of a page as a document shows. */
const heights = { phone: 1_300, desktop: 1_400 } as const

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-screenshots-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false })
  stack.defer(() => postgres.stop({ remove: true }))
  const db = connect(
    { connectionString: postgres.url, applicationName: 'screenshots', maxConnections: 2 },
    () => undefined,
  )
  stack.defer(() => db.destroy())
  await prepare(db, postgres.url)
  const web = await serveWeb(
    {
      urlAs: (username) =>
        Object.assign(new URL(postgres.url), { username, password: PASSWORD }).href,
    },
    {
      pages: { title: 'Example status', publicUrl: null, dashboardPassword: PASSWORD },
    },
  )
  stack.defer(() => web.close())
  const browser = await openBrowser()
  stack.defer(() => browser.close())
  await mkdir(imagesFolder, { recursive: true })
  for (const view of views)
    for (const picture of pictures) await take(browser, web.origin, view, picture)
}

async function prepare(db: Db, url: string): Promise<void> {
  const log = openLog('screenshots', 'silent')
  await migrate(db, {
    rolePassword: PASSWORD,
    installQueues: () => installQueues(url, queueDefinitions, log),
  })
  await seedHistory(db, { nowMs: Date.now() })
  // What the overview says of seven days comes from the rollups.
  await sql`select rebuild_rollups(now() - interval '8 days', now())`.execute(db)
}

async function take(
  browser: TestBrowser,
  origin: string,
  view: View,
  picture: Picture,
): Promise<void> {
  const { page, close } = await browser.open(origin, view)
  if (picture.path.startsWith('/dashboard')) {
    await page.goto('/dashboard/login')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/dashboard')
  }
  await page.goto(picture.path)
  await page.waitForLoadState('load')
  const suffix = view.width === 'phone' ? '-phone' : ''
  const file = path.join(imagesFolder, `${picture.name}-${view.colorScheme}${suffix}.png`)
  const clip = { x: 0, y: 0, width: page.viewportSize()?.width ?? 0, height: heights[view.width] }
  await page.screenshot({ path: file, fullPage: true, clip })
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`)
  await close()
}

await main()
process.exit(0)
