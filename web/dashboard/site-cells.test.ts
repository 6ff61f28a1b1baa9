import { describe, expect, test } from 'vitest'
import { loadedColumns, type SiteValues } from '#db/loaded-columns.ts'
import { judgeSite } from '../../site-file/judge-site.ts'
import { cellsOf, cellsOfForm, saidOfSite } from './site-cells.ts'
import { formFields } from './site-form-fields.ts'

const cadences = new Set(['1m', '5m'])

function siteOf(fields: Readonly<Record<string, unknown>>): SiteValues {
  const said = { form: 'data', fields: new Map(Object.entries(fields)), stored: null } as const
  const verdict = judgeSite(said, cadences)
  if (verdict.outcome === 'refused') throw new Error(JSON.stringify(verdict.problems))
  return verdict.values
}

/** As a browser sends it: every break of a line is CR LF. */
function sent(cells: Readonly<Partial<Record<string, string>>>): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(cells)) {
    form.append(name, (text ?? '').replace(/\r?\n/g, '\r\n'))
  }
  return form
}

const url = 'https://example.test/'
const full = siteOf({
  url,
  name: 'shop',
  kind: 'http',
  method: 'POST',
  body: 'a\nb\n',
  headers: { 'X-A': '1', 'X-B': '2' },
  expected_headers: { etag: null },
  tags: ['a tag of words', 'b'],
  alert_emails: ['a@b.test', 'c@d.test'],
  conditions: '[STATUS] == 200\n[RESPONSE_TIME] < 500',
  slo_target: 99.9,
  sla_ms: 250,
  sla_is_failure: true,
  verify_tls: false,
  enabled: false,
})

test('the form has every column of a site, once', () => {
  expect(formFields.map(({ column }) => column).toSorted()).toEqual(loadedColumns.toSorted())
})

describe('a form of a stored site', () => {
  test.each<[string, SiteValues]>([
    ['of defaults alone', siteOf({ url })],
    ['with everything', full],
    ['whose body has breaks of DOS', siteOf({ url, method: 'POST', body: 'GET /\r\n\r\n' })],
    ['whose value has a break', siteOf({ url, json_path: 'a', expected_value: ' x\ny ' })],
  ])('%s, sent back as it is, changes nothing', (_, values) => {
    expect(saidOfSite(cellsOfForm(sent(cellsOf(values))), values)).toEqual(new Map())
  })

  test('says what was changed, and no more', () => {
    const cells = { ...cellsOf(full), name: 'store', tags: 'a tag of words\r\n\r\n c ' }
    expect(saidOfSite(cellsOfForm(sent(cells)), full)).toEqual(
      new Map<string, unknown>([
        ['name', 'store'],
        ['tags', ['a tag of words', 'c']],
      ]),
    )
  })

  test('may take a value away', () => {
    const said = saidOfSite(cellsOfForm(sent({ ...cellsOf(full), sla_ms: '', name: '' })), full)
    const verdict = judgeSite({ form: 'cells', fields: said, stored: full }, cadences)
    expect(verdict).toMatchObject({ outcome: 'refused', problems: [{ field: 'sla_is_failure' }] })
    expect(said).toEqual(
      new Map([
        ['name', ''],
        ['sla_ms', ''],
      ]),
    )
  })
})

describe('a form of a new site', () => {
  test('says what was filled in', () => {
    expect(saidOfSite(cellsOfForm(sent({ url, name: '' })), null)).toEqual(new Map([['url', url]]))
  })

  test('has a flag by the box, not by the word before it', () => {
    const form = sent({ url })
    form.append('verify_tls', 'false')
    form.append('published', 'false')
    form.append('published', 'true')
    const said = saidOfSite(cellsOfForm(form), null)
    expect([said.get('verify_tls'), said.get('published')]).toEqual(['false', 'true'])
  })

  test('with a file in place of a text has nothing there', () => {
    const form = new FormData()
    form.append('url', new Blob(['x']))
    expect(saidOfSite(cellsOfForm(form), null)).toEqual(new Map())
  })
})
