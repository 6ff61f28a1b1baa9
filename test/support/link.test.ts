import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Link, type LinkTrouble, openLink } from './link.ts'

/** Answers each piece with itself. */
let echo: Server
let atServer: Set<Socket>
let link: Link
let clients: Socket[]

beforeEach(async () => {
  atServer = new Set()
  clients = []
  echo = createServer((socket) => {
    atServer.add(socket)
    socket.on('error', () => undefined).once('close', () => atServer.delete(socket))
    socket.on('data', (piece) => {
      heard += String(piece)
      socket.write(piece)
    })
  })
  heard = ''
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  link = await openLink(typeof address === 'object' && address !== null ? address.port : 0)
})

afterEach(async () => {
  for (const client of clients) client.destroy()
  await link.close()
  await new Promise((resolve) => echo.close(resolve))
})

let heard = ''

async function openClient(): Promise<{ socket: Socket; text: () => string; error: () => string }> {
  const socket = connect(link.port, '127.0.0.1')
  clients.push(socket)
  let text = ''
  let error = ''
  socket.on('data', (piece) => {
    text += String(piece)
  })
  socket.on('error', (reason: NodeJS.ErrnoException) => {
    error = reason.code ?? reason.message
  })
  await once(socket, 'connect')
  return { socket, text: () => text, error: () => error }
}

const SOON = { timeout: 5_000, interval: 5 }

describe('a link', () => {
  test('passes on what either side says, and knows its connections by the port that the server sees', async () => {
    const client = await openClient()
    client.socket.write('hello')
    await vi.waitFor(() => expect(client.text()).toBe('hello'), SOON)
    const [seen] = atServer
    expect(link.isFrom(seen?.remotePort)).toBe(true)
    expect(link.isFrom(client.socket.localPort)).toBe(false)
    expect(link.connectionCount()).toBe(1)
  })

  test('passes on the end of one direction and leaves the other open', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().once('end', () => socket.end('last words'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const own = await openLink(typeof address === 'object' && address !== null ? address.port : 0)
    const socket = connect({ port: own.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end('question')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toBe('last words')
    socket.destroy()
    await own.close()
    await new Promise((resolve) => server.close(resolve))
  })

  test('that delays keeps the order, also where the delay ends in between', async () => {
    const client = await openClient()
    link.disturb({ trouble: 'delay', ms: 150 })
    const beganMs = performance.now()
    client.socket.write('first ')
    await vi.waitFor(() => expect(heard).toBe('first '), SOON)
    expect(performance.now() - beganMs).toBeGreaterThan(140)
    link.mend()
    client.socket.write('second')
    await vi.waitFor(() => expect(client.text()).toBe('first second'), SOON)
  })

  test('that is cut closes what is open and what is opened, until it is mended', async () => {
    const client = await openClient()
    link.disturb({ trouble: 'cut' })
    await once(client.socket, 'close')
    await vi.waitFor(() => expect(atServer.size).toBe(0), SOON)
    const second = await openClient()
    await once(second.socket, 'close')
    expect(atServer.size).toBe(0)
    link.mend()
    const third = await openClient()
    third.socket.write('works')
    await vi.waitFor(() => expect(third.text()).toBe('works'), SOON)
  })

  test('that is reset says so to both sides and works at once', async () => {
    const client = await openClient()
    await vi.waitFor(() => expect(atServer.size).toBe(1), SOON)
    link.reset()
    await vi.waitFor(() => expect(client.error()).toBe('ECONNRESET'), SOON)
    await vi.waitFor(() => expect(atServer.size).toBe(0), SOON)
    const second = await openClient()
    second.socket.write('works')
    await vi.waitFor(() => expect(second.text()).toBe('works'), SOON)
  })

  test.each<readonly [LinkTrouble & { trouble: 'black_hole' }, heard: string]>([
    [{ trouble: 'black_hole', direction: 'both' }, ''],
    [{ trouble: 'black_hole', direction: 'there' }, ''],
    [{ trouble: 'black_hole', direction: 'back' }, 'lost?'],
  ])(
    'that is a black hole %j holds everything back and delivers it once it is mended',
    async (trouble, heardMeanwhile) => {
      const client = await openClient()
      link.disturb(trouble)
      client.socket.write('lost?')
      const other = await openClient()
      expect(other.socket.readyState).toBe('open')
      await vi.waitFor(() => expect(heard).toBe(heardMeanwhile), SOON)
      expect(client.text()).toBe('')
      link.mend()
      await vi.waitFor(() => expect(client.text()).toBe('lost?'), SOON)
    },
  )

  test('that is a black hole tells the server of no end before it is mended', async () => {
    const client = await openClient()
    await vi.waitFor(() => expect(atServer.size).toBe(1), SOON)
    link.disturb({ trouble: 'black_hole', direction: 'both' })
    client.socket.destroy()
    const other = await openClient()
    await vi.waitFor(() => expect(atServer.size).toBe(2), SOON)
    other.socket.destroy()
    expect(atServer.size).toBe(2)
    link.mend()
    await vi.waitFor(() => expect(atServer.size).toBe(0), SOON)
  })
})
