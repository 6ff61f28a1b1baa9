import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSource } from './open-source.ts'
import { readSiteRow } from './read-site-row.ts'
import type { SourceItem } from './source-row.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-source-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, content)
  return file
}

async function itemsOf(
  file: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<SourceItem[]> {
  const items: SourceItem[] = []
  for await (const item of (await openSource(file, variables)).items) items.push(item)
  return items
}

describe('every kind of file gives the same site', () => {
  test.each([
    ['a.csv', '\ufeffurl,sla_ms\r\nhttps://a.test/,5\r\n'],
    ['a.CSV', 'url,sla_ms\nhttps://a.test/,5\n'],
    ['a.yaml', '- url: https://a.test/\n  sla_ms: 5\n'],
    ['a.yml', '\ufeffsites:\n  - {url: "https://a.test/", sla_ms: 5}\n'],
    ['a.json', '[{"url": "https://a.test/", "sla_ms": 5}]'],
  ])('%s', async (name, content) => {
    const sites = (await itemsOf(await fileOf(name, content))).map((item) =>
      item.kind === 'row' ? readSiteRow(item, new Set(['5m'])) : item,
    )
    expect(sites).toEqual([
      expect.objectContaining({
        values: expect.objectContaining({ url: 'https://a.test/', sla_ms: 5 }),
      }),
    ])
  })
})

describe('a file that cannot be read says why', () => {
  test.each([
    ['that is not there', 'missing.csv', /missing.csv: cannot be read \(ENOENT\)/],
    ['that is a folder', '.', /is not a file/],
    ['of another kind', 'a.txt', /must be a \.csv, \.yaml, \.yml or \.json file/],
    ['that is too large', 'large.json', /is larger than 10 MiB: a CSV file may be of any size/],
  ])('%s', async (_, name, reason) => {
    await fileOf('a.txt', '')
    await truncate(await fileOf('large.json', ''), 10 * 1024 * 1024 + 1)
    await expect(openSource(path.join(folder, name))).rejects.toThrow(reason)
  })

  test.each(['latin1.csv', 'latin1.yaml', 'latin1.json'])(
    'in another encoding: %s',
    async (name) => {
      const file = await fileOf(name, Buffer.from('url\nhttps://caf\xe9.test/\n', 'latin1'))
      expect((await itemsOf(file)).at(-1)).toMatchObject({
        kind: 'problem',
        reason: expect.stringContaining('line 2 is not UTF-8'),
      })
    },
  )
})

describe('the samples', () => {
  const file = path.join(import.meta.dirname, '../scripts/load-data/samples.yaml')
  const target = 'http://demo-target:9'
  const variables = { DEMO_TARGET_URL: target, DEMO_TARGET_ADDRESS: 'demo-target:9' }

  test('are good sites with names of their own, all on the demo target', async () => {
    const { cadences } = await openSource(file)
    const known = new Set([...cadences.keys(), '1m', '5m', '10m', '1h'])
    const sites = (await itemsOf(file, variables)).map((item) =>
      item.kind === 'row' ? readSiteRow(item, known) : item,
    )
    const values = sites.map((site) =>
      'kind' in site && site.kind === 'site' && site.doubt === null ? site.values : null,
    )
    expect(values).not.toContain(null)
    expect(values.length).toBeGreaterThanOrEqual(12)
    expect(new Set(values.map((value) => value?.name)).size).toBe(values.length)
    expect(
      values.filter((value) => !/^(http|tcp):\/\/demo-target:9(\/|$)/.test(value?.url ?? '')),
    ).toEqual([])
  })

  test('have a site for the demo outage at the cadence that its script is made for', async () => {
    const { cadences } = await openSource(file)
    const outage = (await itemsOf(file)).find(
      (item) => item.kind === 'row' && String(item.fields.get('url')).endsWith('/outage'),
    )
    expect(outage?.kind === 'row' && cadences.get(String(outage.fields.get('cadence')))).toBe(10)
  })
})
