import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type App,
  type AppState,
  findSupervisor,
  openSupervisor,
  type Supervisor,
} from './supervise.ts'
import { isAlive } from './support/is-alive.ts'
import type { Places } from './support/state.ts'

let places: Places
let supervisor: Supervisor

beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-supervise-'))
  places = { checkout: folder, state: path.join(folder, 'state'), logs: path.join(folder, 'logs') }
  await writeFile(path.join(folder, 'steady.mjs'), steady)
  await writeFile(path.join(folder, 'crashing.mjs'), "console.log('crash'); process.exit(1)\n")
  await writeFile(path.join(folder, 'quick.mjs'), "console.log('ran')\n")
  expect(await findSupervisor(places)).toBeNull()
  supervisor = await openSupervisor(places, [folder])
})

afterAll(async () => {
  await supervisor.end()
  supervisor.disconnect()
  await rm(places.checkout, { recursive: true, force: true })
})

/** Says ready a little late, and writes down how it was ended. */
const steady = `
process.on('SIGINT', () => { console.log('ended in order'); process.exit(0) })
setTimeout(() => process.send('ready'), 200)
setInterval(() => {}, 1000)
console.log(Object.keys(process.env).includes('HOME') ? 'sees the caller' : 'sees only its own', process.env.GREETING)
`

function app(name: string, script: string, change: Partial<App> = {}): App {
  const command = {
    file: process.execPath,
    args: [path.join(places.checkout, script)],
    cwd: places.checkout,
    user: null,
  }
  return {
    name,
    namespace: 'uptick',
    command,
    env: { GREETING: 'hello' },
    saysReady: script === 'steady.mjs',
    ...change,
  }
}

async function stateOf(name: string): Promise<AppState | undefined> {
  return (await supervisor.list()).find((state) => state.name === name)
}

const logOf = (name: string) => readFile(path.join(places.logs, `${name}.log`), 'utf8')

describe('a supervised process', () => {
  test('counts as started when it says so, and is left alone while nothing about it changes', async () => {
    expect(await supervisor.start(app('steady', 'steady.mjs'))).toBe('started')
    const { pid } = (await stateOf('steady')) ?? {}
    expect(await supervisor.start(app('steady', 'steady.mjs'))).toBe('was running')
    expect((await stateOf('steady'))?.pid).toBe(pid)
  })

  test('is replaced when its settings change, after an orderly end', async () => {
    const { pid } = (await stateOf('steady')) ?? {}
    expect(
      await supervisor.start(app('steady', 'steady.mjs', { env: { GREETING: 'goodbye' } })),
    ).toBe('started')
    expect((await stateOf('steady'))?.pid).not.toBe(pid)
    expect(await logOf('steady')).toBe(
      'sees only its own hello\nended in order\nsees only its own goodbye\n',
    )
  })

  test('comes back when it is killed', async () => {
    const { pid, restarts } = (await stateOf('steady')) ?? {}
    process.kill(pid ?? Number.NaN, 'SIGKILL')
    await vi.waitFor(
      async () =>
        expect(await stateOf('steady')).toMatchObject({
          phase: 'running',
          restarts: (restarts ?? 0) + 1,
        }),
      {
        timeout: 10_000,
      },
    )
    expect((await stateOf('steady'))?.pid).not.toBe(pid)
  })

  test('that fails again and again is told as such, and tried again with growing pauses', async () => {
    expect(await supervisor.start(app('crashing', 'crashing.mjs', { saysReady: true }))).toBe(
      'keeps failing',
    )
    await vi.waitFor(async () => expect((await stateOf('crashing'))?.restarts).toBeGreaterThan(4), {
      timeout: 15_000,
    })
    expect((await stateOf('crashing'))?.phase).not.toBe('stopped')
    await supervisor.remove('crashing')
    expect(await stateOf('crashing')).toBeUndefined()
  })

  test('with a schedule ends by itself and stays known', async () => {
    expect(await supervisor.start(app('quick', 'quick.mjs', { schedule: '0 0 1 1 *' }))).toBe(
      'started',
    )
    await vi.waitFor(async () => expect(await logOf('quick')).toBe('ran\n'), { timeout: 5_000 })
    await vi.waitFor(async () =>
      expect(await stateOf('quick')).toMatchObject({ phase: 'stopped', restarts: 0 }),
    )
  })
})

test('after the supervisor itself is killed, a new one ends what it had kept alive and starts anew', async () => {
  const orphan = (await stateOf('steady'))?.pid ?? Number.NaN
  const daemon = Number(await readFile(path.join(places.state, 'pm2', 'pm2.pid'), 'utf8'))
  process.kill(daemon, 'SIGKILL')
  await vi.waitFor(() => expect(isAlive(daemon)).toBe(false))
  expect([isAlive(orphan), await findSupervisor(places)]).toEqual([true, null])
  supervisor.disconnect()
  supervisor = await openSupervisor(places, [places.checkout])
  expect([isAlive(orphan), await supervisor.list()]).toEqual([false, []])
  expect(await supervisor.start(app('steady', 'steady.mjs'))).toBe('started')
})
