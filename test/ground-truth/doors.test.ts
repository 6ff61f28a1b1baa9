import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Doors } from './doors.ts'
import { listenOn } from './listen-on.ts'

let doors: Doors
let port: number
let now = 0
const shut = new Set<number>()

beforeEach(async () => {
  now = 0
  shut.clear()
  doors = await Doors.open({
    numbers: [7, 9],
    receive: (socket) => socket.end('come in'),
    refuses: (number) => shut.has(number),
    nowMs: () => now,
  })
  port = doors.ports[0]?.[1] ?? 0
})
afterEach(() => doors.close())

/** Whether one can come in. */
async function knock(): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    const [bytes] = await once(socket, 'data')
    return String(bytes)
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    socket.destroy()
  }
}

test('each site has a port of its own, below those of outgoing connections', () => {
  expect(doors.ports.map(([number]) => number)).toEqual([7, 9])
  expect(new Set(doors.ports.map(([, one]) => one)).size).toBe(2)
  for (const [, one] of doors.ports) expect(one).toBeLessThan(32_768)
})

test('a door is open until its site refuses', async () => {
  await doors.follow()
  expect(await knock()).toBe('come in')
  expect(doors.closedPeriods()).toEqual([])
})

test('a door that was shut counts as closed up to this moment', async () => {
  shut.add(7)
  now = 100
  await doors.follow()
  expect(await knock()).toBe('ECONNREFUSED')
  now = 150
  await doors.follow()
  expect(doors.closedPeriods()).toEqual([{ number: 7, fromMs: 100, untilMs: 150 }])
})

test('a door opens again where it was, as often as its site wants', async () => {
  for (const fromMs of [100, 300]) {
    shut.add(7)
    now = fromMs
    await doors.follow()
    expect(await knock()).toBe('ECONNREFUSED')
    shut.delete(7)
    now = fromMs + 50
    await doors.follow()
    expect(await knock()).toBe('come in')
  }
  now = 900
  expect(doors.closedPeriods()).toEqual([
    { number: 7, fromMs: 100, untilMs: 150 },
    { number: 7, fromMs: 300, untilMs: 350 },
  ])
})

test('a door whose port was taken meanwhile stays closed, and opens when it is free', async () => {
  shut.add(7)
  now = 100
  await doors.follow()
  const squatter = createServer()
  expect(await listenOn(squatter, port)).toBe('listening')
  shut.delete(7)
  now = 200
  await doors.follow()
  expect(doors.closedPeriods()).toEqual([{ number: 7, fromMs: 100, untilMs: 200 }])
  await new Promise((closed) => squatter.close(closed))
  now = 300
  await doors.follow()
  expect(await knock()).toBe('come in')
  expect(doors.closedPeriods()).toEqual([{ number: 7, fromMs: 100, untilMs: 300 }])
})
