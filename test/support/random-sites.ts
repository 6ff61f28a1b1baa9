import fc from 'fast-check'
import type { SiteValues } from '#db/loaded-columns.ts'
import { FieldReader } from '../../site-file/field-reader.ts'
import { readSiteValues } from '../../site-file/read-site-values.ts'

/** Cadences that random sites are at. */
export const randomCadences: ReadonlyMap<string, number> = new Map([
  ['10s', 10],
  ['1m', 60],
  ['5m', 300],
  ['every hour: "on"', 3_600],
])

/** What has confused files before: quotes, separators, line breaks, other types' words, formulas. */
const nasty = fc.constantFrom(
  ...[' a', 'a ', '"', "'", 'a"b', 'a,b', 'a;b', 'true', 'null', '~', '5', '0x1F', '1e3', 'yes'],
  ...['[a]', '["a"]', '{}', '- a', '# a', 'a: b', '&a', '*a', '!a', '|', '>', '%', '@', '`', '?'],
  ...['=1+1', '-1', '+1', '\u00a0', '\u2028', '\ufeffa', '\u{1f600}', '2026-01-01', '.', '<<'],
)
/** Without control characters. */
const line = (maxLength: number) =>
  fc.oneof(
    nasty,
    fc
      .string({ unit: 'binary', minLength: 1, maxLength })
      .map((text) => text.toWellFormed().replace(/\p{Cc}/gu, 'c')),
  )
const lines = fc
  .array(fc.oneof(line(20), fc.constantFrom('\n', '\r\n', '\t', '\u0001', '\u0085')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
const headers = fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,9}$/), line(20), {
  maxKeys: 3,
})
const whole = (min: number, max: number) => fc.integer({ min, max })
const address = fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9?=%]{0,8}$/)

const common = {
  name: line(40),
  cadence: fc.constantFrom(...randomCadences.keys()),
  enabled: fc.boolean(),
  timeout_ms: whole(100, 60_000),
  failure_threshold: whole(1, 10),
  recovery_threshold: whole(1, 10),
  recheck_after_s: whole(0, 3_600),
  alert_emails: fc.array(fc.constantFrom('a@b.test', "o'neil+x@c.test", '=a@d.test')),
  tags: fc.array(line(20), { maxLength: 4 }),
  slo_target: fc.double({ min: 1e-9, max: 99.999, noNaN: true }),
  public_name: line(40),
  page_group: line(20),
}
const ofHttp = {
  url: address.map((text) => `https://${text}`),
  method: fc.constantFrom('POST', 'PUT'),
  headers,
  body: lines,
  max_redirects: whole(0, 20),
  verify_tls: fc.boolean(),
  expected_status: fc.constantFrom('200', '200-299,301', '404'),
  body_contains: line(40),
  json_path: fc.constantFrom('a', 'a[0].b'),
  conditions: fc.constantFrom('[STATUS] == 200', '[BODY].a == "x"\n# why\n\n[STATUS] < 300', 'a'),
  expected_headers: headers,
  bearer_token_secret: fc.constantFrom('token', 'api.token'),
  sla_ms: whole(1, 60_000),
}

type Arbitraries = Readonly<Record<string, fc.Arbitrary<unknown>>>

/** A URL, and fields of which each may be left out. */
function someOf({ url, ...others }: Arbitraries & { readonly url: fc.Arbitrary<string> }) {
  const optional = fc.record({ ...common, ...others }, { requiredKeys: [] })
  return fc.tuple(url, optional).map(([said, fields]) => ({ url: said, ...fields }))
}

/** Sites whose columns are each fine by themselves; published where that has a name to go by. */
export const randomSites: fc.Arbitrary<readonly SiteValues[]> = fc
  .array(
    fc.oneof(
      someOf(ofHttp),
      someOf({ url: address.map((text) => `tcp://${text.split('/')[0]}:25`), body: lines }),
      someOf({
        url: fc.stringMatching(/^[a-zA-Z0-9_-]{8,20}$/).map((token) => `heartbeat:${token}`),
        heartbeat_max_age_s: whole(1, 86_400),
      }),
    ),
    { maxLength: 6 },
  )
  .map((sites) => sites.map(siteValuesOf).filter(isFirst))

function siteValuesOf(fields: Readonly<Record<string, unknown>>): SiteValues {
  const published = 'name' in fields || 'public_name' in fields
  const read = new FieldReader('data', new Map(Object.entries({ ...fields, published })))
  const values = readSiteValues(read, new Set(randomCadences.keys()))
  if (read.problems.length > 0) throw new Error(`no such site: ${read.problems.join('; ')}`)
  return values
}

/** A file that has a site twice is refused. */
function isFirst(site: SiteValues, index: number, all: readonly SiteValues[]): boolean {
  const keyOf = ({ url, name, kind }: SiteValues) =>
    kind === 'heartbeat' ? url : JSON.stringify([url, name])
  return all.findIndex((other) => keyOf(other) === keyOf(site)) === index
}
