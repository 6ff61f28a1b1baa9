import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LiveStreams, liveEvent, type StreamLimits } from './live-streams.ts'
import { WebServer } from './web-server.ts'

const limits: StreamLimits = { streams: 2, heartbeatMs: 60_000, unread: 4, lifeMs: 60_000 }
const news = liveEvent('news', '7')

let streams: LiveStreams
let server: WebServer
let stopping: AbortController
async function serve(own: Partial<StreamLimits> = {}, idleMs = 60_000): Promise<void> {
  streams = new LiveStreams({ ...limits, ...own })
  const app = new Hono().get('/', () => streams.open(null))
  const web = { requestMs: 10_000, idleMs, connections: 20 }
  server = new WebServer({ host: '127.0.0.1', port: 0 }, app.fetch, web)
  await server.start()
}

type Listening = { readonly response: Response; text(): string; readonly ended: Promise<void> }

async function listen(): Promise<Listening> {
  const response = await fetch(`http://127.0.0.1:${server.port}/`, { signal: stopping.signal })
  let heard = ''
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) heard += decoder.decode(chunk)
  }
  return { response, text: () => heard, ended: read().catch(() => undefined) }
}

describe('a stream', () => {
  beforeEach(() => {
    stopping = new AbortController()
  })
  afterEach(async () => {
    stopping.abort()
    streams.end()
    await server.stop()
  })

  test('hears what is said while it is open', async () => {
    await serve()
    const one = await listen()
    streams.send(news)
    await vi.waitFor(() => expect(one.text()).toBe(`retry: 3000\n\n${news}`))
    expect(one.response.headers.get('content-type')).toBe('text/event-stream')
  })

  test('is forgotten when its reader goes', async () => {
    await serve()
    await listen()
    expect(streams.count).toBe(1)
    stopping.abort()
    await vi.waitFor(() => expect(streams.count).toBe(0))
  })

  test('outlives the silence after which a server cuts connections', async () => {
    await serve({ heartbeatMs: 100 }, 1_000)
    const one = await listen()
    await vi.waitFor(() => expect(one.text().split(':\n\n').length).toBeGreaterThan(20), {
      timeout: 15_000,
    })
    expect(streams.count).toBe(1)
  })

  test('beyond those that there may be is refused, and told when to come again', async () => {
    await serve()
    await listen()
    await listen()
    const third = await listen()
    expect([third.response.status, third.response.headers.get('retry-after')]).toEqual([503, '30'])
    expect(streams.count).toBe(2)
  })

  test('ends after its time, so that a browser opens another', async () => {
    await serve({ heartbeatMs: 20, lifeMs: 1 })
    await (await listen()).ended
    expect(streams.count).toBe(0)
  })

  test('is not waited for when the server stops', async () => {
    await serve()
    const one = await listen()
    streams.end()
    await Promise.all([server.stop(), one.ended])
    expect(streams.count).toBe(0)
  })
})

test('who does not read is dropped, and the others are told', async () => {
  const own = new LiveStreams({ ...limits, unread: 3 })
  const [idle, reading] = [own.open(null), own.open(null)]
  const reader = reading.body?.getReader()
  await reader?.read()
  for (let count = 0; count < 3; count++) {
    own.send(news)
    expect((await reader?.read())?.done).toBe(false)
  }
  expect(own.count).toBe(1)
  expect(idle.body?.locked).toBe(false)
  own.end()
})
