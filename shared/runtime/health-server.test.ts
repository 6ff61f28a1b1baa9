import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type HealthServer, healthServer } from './health-server.ts'

let server: HealthServer
let trouble: string | null
let render: () => string | Promise<string>

beforeEach(async () => {
  trouble = null
  render = () => 'a 1\n'
  server = healthServer(
    { host: '127.0.0.1', port: 0 },
    { live: () => null, ready: () => trouble, metrics: { '/metrics': () => render() } },
  )
  await server.start()
})
afterEach(() => server.stop())

const get = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.port()}${path}`)
  return [response.status, await response.text()]
}

describe('it answers', () => {
  test.each([
    ['that it lives', '/livez', [200, 'ok\n']],
    ['that it is ready', '/readyz', [200, 'ok\n']],
    ['with its figures', '/metrics', [200, 'a 1\n']],
    ['with its figures, whatever is asked besides', '/metrics?format=text', [200, 'a 1\n']],
    ['that there is no such page', '/', [404, 'not found\n']],
    ['that there is no page of the name of a property', '/constructor', [404, 'not found\n']],
  ])('%s', async (_, path, expected) => {
    expect(await get(path)).toEqual(expected)
  })

  test('what is wrong', async () => {
    trouble = 'no answer from the queue'
    expect(await get('/readyz')).toEqual([503, 'no answer from the queue\n'])
    expect(await get('/livez')).toEqual([200, 'ok\n'])
  })

  test('that its figures cannot be told, and lives on', async () => {
    render = () => Promise.reject(new Error('a bug'))
    expect(await get('/metrics')).toEqual([500, 'the figures cannot be told\n'])
    expect(await get('/livez')).toEqual([200, 'ok\n'])
  })
})

test('figures are told in the format that Prometheus reads', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port()}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  await response.text()
})

test('without a port nothing is served', async () => {
  const silent = healthServer(
    { host: '127.0.0.1', port: null },
    { live: () => null, ready: () => null, metrics: {} },
  )
  await silent.start()
  expect(silent.port()).toBeNull()
  await silent.stop()
})
