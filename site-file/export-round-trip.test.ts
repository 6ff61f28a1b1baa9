import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSiteExport } from '#db/site-export.ts'
import { source, sourceRow } from '../test/support/load-source.ts'
import { randomCadences, randomSites } from '../test/support/random-sites.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { loadSites } from './load-sites.ts'
import { openSource, type Source } from './open-source.ts'
import { type SiteFileFormat, siteFileFormats, writeSites } from './write-sites.ts'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await openTestDatabase()
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-export-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

async function emptied(): Promise<void> {
  await database.db.deleteFrom('site_config').execute()
}

async function load(from: Source) {
  return loadSites(database.db, from, { mode: 'load', onProgress: () => undefined })
}

async function exported(format: SiteFileFormat, tags: readonly string[] = []): Promise<string> {
  return writeSites(format, await readSiteExport(database.db, tags))
}

async function loadText(text: string, format: SiteFileFormat) {
  const file = path.join(folder, `sites.${format}`)
  await writeFile(file, text)
  return load(await openSource(file))
}

describe('an export', () => {
  test.each(siteFileFormats)(
    'of %s, loaded into an empty database, is exported again byte for byte',
    async (format) => {
      // A CSV has no place for cadences of one's own: they are there.
      await load(source([], randomCadences))
      const sites = randomSites.filter((all) => all.length > 0)
      await fc.assert(
        fc.asyncProperty(sites, async (all) => {
          await emptied()
          const rows = all.map((site, index) => sourceRow(site, index + 1))
          const first = await load(source(rows, randomCadences))
          fc.pre(first.outcome === 'loaded')
          const text = await exported(format)
          await emptied()
          expect(await loadText(text, format)).toMatchObject({ inserted: all.length })
          expect(await exported(format)).toBe(text)
        }),
        { numRuns: 10 },
      )
    },
  )

  test('brings its cadences along', async () => {
    await emptied()
    await load(
      source([sourceRow({ url: 'http://a.test/', cadence: '7s' }, 1)], new Map([['7s', 7]])),
    )
    const text = await exported('yaml')
    await emptied()
    await database.db.deleteFrom('cadence').where('name', '=', '7s').execute()
    expect(await loadText(text, 'yaml')).toMatchObject({ outcome: 'loaded', inserted: 1 })
  })

  test('by tags has the sites that have one of them, and counts those that cannot be checked', async () => {
    await emptied()
    const rows = [
      { url: 'http://a.test/', tags: ['x', 'y'] },
      { url: 'http://b.test/', tags: ['z'] },
      { url: 'http://c.test/' },
    ]
    await load(source(rows.map((fields, index) => sourceRow(fields, index + 1))))
    await database.db
      .updateTable('site_config')
      .set({ validity: 'invalid', invalid_reason: 'a test' })
      .where('url', '=', 'http://b.test/')
      .execute()
    const { sites, cadences, invalid } = await readSiteExport(database.db, ['y', 'z'])
    expect(sites.map(({ url }) => url)).toEqual(['http://a.test/', 'http://b.test/'])
    expect({ cadences, invalid }).toEqual({ cadences: new Map([['5m', 300]]), invalid: 1 })
  })
})
