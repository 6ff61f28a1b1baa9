import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SiteValues } from '#db/loaded-columns.ts'
import { randomCadences, randomSites } from '../test/support/random-sites.ts'
import { FieldReader } from './field-reader.ts'
import { openSource } from './open-source.ts'
import { readSiteRow } from './read-site-row.ts'
import { readSiteValues } from './read-site-values.ts'
import { type SiteFileFormat, siteFileFormats, writeSites } from './write-sites.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-write-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function readBack(text: string, format: SiteFileFormat) {
  const file = path.join(folder, `sites.${format}`)
  await writeFile(file, text)
  const { cadences, items } = await openSource(file)
  const sites: unknown[] = []
  for await (const item of items) {
    const read = item.kind === 'row' ? readSiteRow(item, new Set(randomCadences.keys())) : item
    sites.push('given' in read ? read.values : read)
  }
  return { cadences, sites }
}

function siteOf(fields: Readonly<Record<string, unknown>>): SiteValues {
  return readSiteValues(new FieldReader('data', new Map(Object.entries(fields))), new Set(['5m']))
}

const cadences = new Map([['5m', 300]])

describe('sites in a file', () => {
  test.each(siteFileFormats)('of %s read back as they were', async (format) => {
    await fc.assert(
      fc.asyncProperty(randomSites, async (sites) => {
        const read = await readBack(writeSites(format, { sites, cadences: randomCadences }), format)
        expect(read.sites).toEqual(sites)
        expect(read.cadences).toEqual(format === 'csv' ? new Map() : randomCadences)
      }),
      { numRuns: 300 },
    )
  })

  const sites = [
    siteOf({ url: 'https://a.test/', name: 'a: "b"', tags: ['x', 'y z'], sla_ms: 300 }),
    siteOf({
      url: 'https://b.test/',
      method: 'POST',
      body: 'a\nb',
      headers: { A: '1' },
      conditions: '[STATUS] == 200\n[BODY].a == "b"',
      enabled: false,
      bearer_token_secret: 'b.token',
    }),
  ]

  test('of YAML are as people write them', () => {
    expect(writeSites('yaml', { sites, cadences }).split('\n').slice(1)).toEqual([
      '',
      'cadences:',
      '  5m: 300',
      '',
      'sites:',
      '  - name: "a: \\"b\\""',
      '    url: https://a.test/',
      '    cadence: 5m',
      '    sla_ms: 300',
      '    tags:',
      '      - x',
      '      - "y z"'.replaceAll('"', ''),
      '',
      '  - url: https://b.test/',
      '    cadence: 5m',
      '    enabled: false',
      '    method: POST',
      '    headers:',
      '      A: "1"',
      '    body: "a\\nb"',
      '    bearer_token_secret: b.token',
      '    conditions:',
      '      - "[STATUS] == 200"',
      '      - "[BODY].a == \\"b\\""',
      '',
    ])
  })

  test('of a CSV have the columns that some site has something in', () => {
    expect(writeSites('csv', { sites, cadences })).toBe(
      [
        'name,url,cadence,enabled,method,headers,body,bearer_token_secret,sla_ms,conditions,tags',
        '"a: ""b""",https://a.test/,5m,,,,,,300,,"[""x"",""y z""]"',
        ',https://b.test/,5m,false,POST,"{""A"":""1""}","a\nb",b.token,,"[STATUS] == 200\n[BODY].a == ""b""",',
        '',
      ].join('\n'),
    )
  })

  test('of JSON are typed', () => {
    expect(JSON.parse(writeSites('json', { sites: sites.slice(0, 1), cadences }))).toEqual({
      cadences: { '5m': 300 },
      sites: [
        { name: 'a: "b"', url: 'https://a.test/', cadence: '5m', tags: ['x', 'y z'], sla_ms: 300 },
      ],
    })
  })

  test.each(siteFileFormats)('may be none: %s', async (format) => {
    const read = await readBack(writeSites(format, { sites: [], cadences: new Map() }), format)
    expect(read.sites).toEqual([])
  })
})
