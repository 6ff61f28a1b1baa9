import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CheckKind, checkKinds } from '#shared/domain/check.ts'
import { normalTargetUrl, targetUrlProblem } from '#shared/domain/target-url.ts'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const insert = (values: { readonly url: string; readonly kind?: CheckKind }) =>
  database.db.insertInto('site_config').values(values).returning('kind').executeTakeFirstOrThrow()

describe('a URL that the code takes, SQL takes, in its normal form as well', () => {
  test.each<[CheckKind, string]>([
    ['http', 'https://example.com/path?query'],
    ['tcp', 'tcp://db.example.com:5432'],
    ['tcp', 'TCP://[::1]:80'],
    ['tcp', 'tcp://b\u00fccher.example:80'],
    ['tls', 'tls://example.com'],
    ['tls', 'tls://[::1]:8443'],
    ['dns', 'dns:example.com'],
    ['dns', 'dns:_dmarc.example.com?type=txt'],
    ['dns', 'dns://127.0.0.1/example.com'],
    ['dns', 'dns://[::1]:5353/example.com?type=SOA'],
    ['icmp', 'icmp://example.com'],
    ['icmp', 'icmp://[::1]'],
    ['heartbeat', 'heartbeat:nightly-backup_1'],
  ])('%s: %s, and its scheme alone says which kind it is', async (kind, url) => {
    expect(targetUrlProblem(kind, url)).toBeNull()
    expect(await insert({ url })).toEqual({ kind })
    // A heartbeat is not handed on with its token, and so is no row again.
    if (kind !== 'heartbeat')
      expect(await insert({ url: normalTargetUrl(kind, url) })).toEqual({ kind })
  })
})

describe('SQL refuses', () => {
  test.each<[string, CheckKind, string]>([
    ['TCP without a port', 'tcp', 'tcp://a.example'],
    ['TCP with a path', 'tcp', 'tcp://a.example:80/x'],
    ['TLS of another scheme', 'tls', 'https://a.example'],
    ['DNS without a name', 'dns', 'dns:'],
    ['a name server without a name', 'dns', 'dns://127.0.0.1'],
    ['another question', 'dns', 'dns:a.example?class=IN'],
    ['a path behind a host to ping', 'icmp', 'icmp://a.example/x'],
  ])('%s', async (_, kind, url) => {
    await expect(insert({ kind, url })).rejects.toMatchObject({ constraint: 'url_fits_its_kind' })
  })

  // A heartbeat's own constraint says what its token must be; db/site-config.test.ts has its rows.
  test.each(checkKinds.filter((kind) => kind !== 'http' && kind !== 'heartbeat'))(
    'a web page as a check of kind %s',
    async (kind) => {
      await expect(insert({ kind, url: 'http://a.example/' })).rejects.toMatchObject({
        constraint: 'url_fits_its_kind',
      })
    },
  )
})
