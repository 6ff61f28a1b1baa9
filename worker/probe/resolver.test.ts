import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NameServer, startNameServer } from '../../test/support/name-server.ts'
import { type Resolve, systemResolver } from './resolver.ts'

const V4 = [127, 0, 0, 9]
const V6 = [...Array<number>(15).fill(0), 1]

const folder = mkdtempSync(join(tmpdir(), 'resolver-'))
const files = { hostsPath: join(folder, 'hosts'), resolvConfPath: join(folder, 'resolv.conf') }
let server: NameServer
let resolve: Resolve

beforeAll(async () => {
  writeFileSync(files.hostsPath, '::1 listed.example.test\n127.0.0.7 listed.example.test\n')
  server = await startNameServer({
    'both.example.test': { A: [V4], AAAA: [V6] },
    'v4.example.test': { A: [V4, [127, 0, 0, 10]] },
    'v6.example.test': { AAAA: [V6] },
    'v6-silent.example.test': { A: [V4], AAAA: 'silence' },
    'v6-broken.example.test': { A: [V4], AAAA: 'SERVFAIL' },
    'v4-broken.example.test': { A: 'SERVFAIL', AAAA: [V6] },
    'empty.example.test': {},
    'broken.example.test': { A: 'SERVFAIL', AAAA: 'SERVFAIL' },
    'silent.example.test': { A: 'silence', AAAA: 'silence' },
    'refusing.example.test': { A: 'REFUSED', AAAA: 'REFUSED' },
  })
  resolve = systemResolver({ servers: [server.address], ...files })
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

describe('a name', () => {
  test.each([
    ['with both families: IPv4 first', 'both.example.test', ['127.0.0.9', '::1']],
    ['with several addresses of one', 'v4.example.test', ['127.0.0.9', '127.0.0.10']],
    ['with IPv6 alone', 'v6.example.test', ['::1']],
    ['with a dot at its end', 'v6.example.test.', ['::1']],
    ['whose IPv6 half is broken', 'v6-broken.example.test', ['127.0.0.9']],
    ['whose IPv4 half is broken', 'v4-broken.example.test', ['::1']],
    ['in the hosts file', 'listed.example.test', ['127.0.0.7', '::1']],
    ['that is this machine', 'anything.localhost', ['127.0.0.1', '::1']],
  ])('%s', async (_, name, addresses) => {
    expect(await resolve(name)).toEqual(addresses)
  })

  test('does not wait long for IPv6 once IPv4 is there', async () => {
    const startedAtMs = performance.now()
    expect(await resolve('v6-silent.example.test')).toEqual(['127.0.0.9'])
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
  })

  test('localhost is loopback whatever the name servers say', async () => {
    expect(await resolve('localhost')).toContain('127.0.0.1')
  })

  test.each([
    ['that does not exist', 'missing.example.test', 'failed', 'no such name'],
    ['without addresses', 'empty.example.test', 'failed', 'no address'],
    ['whose servers fail', 'broken.example.test', 'failed', 'failed to answer'],
    ['whose servers will not be asked by us', 'refusing.example.test', 'failed', 'refuse'],
  ])('%s', async (_, name, outcome, part) => {
    expect(await resolve(name)).toMatchObject({ outcome, message: expect.stringContaining(part) })
  })

  test.each([
    ['that does not exist is to blame', 'missing.example.test', 'answer'],
    ['without addresses is to blame', 'empty.example.test', 'answer'],
    ['whose servers fail may not be', 'broken.example.test', undefined],
    ['whose servers will not be asked by us may not be', 'refusing.example.test', undefined],
  ])('%s', async (_, name, basis) => {
    const stop = await resolve(name)
    expect('basis' in stop ? stop.basis : undefined).toBe(basis)
  })

  test('is told of when the name servers gave an address for it, and only then', async () => {
    const resolved: string[] = []
    const telling = systemResolver({
      servers: [server.address],
      ...files,
      onResolved: (name) => resolved.push(name),
    })
    await telling('v4.example.test')
    await telling('listed.example.test')
    await telling('localhost')
    await telling('missing.example.test')
    expect(resolved).toEqual(['v4.example.test'])
  })

  test('whose servers are silent is given up within seconds', { timeout: 15_000 }, async () => {
    expect(await resolve('silent.example.test')).toMatchObject({
      failure: 'dns',
      message: 'no answer from the name servers',
    })
  })

  test('that nobody can be asked about says nothing of the site', async () => {
    const gone = await startNameServer({})
    await gone.stop()
    expect(
      await systemResolver({ servers: [gone.address], ...files })('any.example.test'),
    ).toMatchObject({
      outcome: 'inconclusive',
    })
  })
})

describe('the search domains of the system', () => {
  test.each([
    ['are asked for a name without a dot', '', 'web', true],
    ['are not asked for a name with one', '', 'web.test', false],
    [
      'are asked for more dots where it says so',
      'search a.test\noptions timeout:1 ndots:5',
      'web.test',
      true,
    ],
    ['are not asked for a name that ends in a dot', 'options ndots:5', 'web.', false],
    ['are not asked for a name that is known', 'options ndots:5', 'v6.example.test', false],
    ['are not asked when name servers fail', 'options ndots:5', 'broken.example.test', false],
  ])('%s', async (_, resolvConf, name, isAsked) => {
    const resolvConfPath = join(folder, 'other.conf')
    writeFileSync(resolvConfPath, resolvConf)
    const asked: string[] = []
    const askSystem = async (hostname: string) => {
      asked.push(hostname)
      return ['::1', '127.0.0.8']
    }
    const answer = await systemResolver({
      servers: [server.address],
      ...files,
      resolvConfPath,
      askSystem,
    })(name)
    expect(asked).toEqual(isAsked ? [name] : [])
    if (isAsked) expect(answer).toEqual(['127.0.0.8', '::1'])
  })

  test('may not know the name either', async () => {
    const askSystem = () =>
      Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))
    const answer = await systemResolver({ servers: [server.address], ...files, askSystem })('web')
    expect(answer).toMatchObject({ failure: 'dns', message: 'no such name' })
  })
})
