import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'

const logFile = path.join(import.meta.dirname, 'log.ts')

/** Runs a few lines with a log in a process of their own and resolves to what it printed. */
async function printed(lines: string): Promise<readonly Record<string, unknown>[]> {
  const program = `import { openLog } from ${JSON.stringify(logFile)}\nconst log = openLog('test', 'info')\n${lines}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  await once(child, 'close')
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

test('a line is JSON with its time, level and service', async () => {
  expect(await printed(`log.info({ site_id: 7 }, 'hello')`)).toEqual([
    expect.objectContaining({
      level: 'info',
      service: 'test',
      site_id: 7,
      msg: 'hello',
      time: expect.stringMatching(/Z$/),
    }),
  ])
})

test('secrets are not printed, at the top or one level below', async () => {
  const [line] = await printed(
    `log.info({ password: 'a', smtp: { password: 'b' }, headers: { x: 'c' } }, 'x')`,
  )
  expect(line).toMatchObject({ password: '***', smtp: { password: '***' }, headers: '***' })
})

test('nothing below the level is printed', async () => {
  expect(await printed(`log.debug('hidden')`)).toEqual([])
})

test('a process whose log nobody reads any more goes on, and ends when it is told to', async () => {
  const program = `import { openLog } from ${JSON.stringify(logFile)}
    const log = openLog('test', 'info')
    process.on('SIGTERM', () => { log.info('stopped'); process.exit(0) })
    setInterval(() => log.info('tick'), 1)
    process.send('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  await once(child, 'message')
  const closed = new Promise((resolve) => child.stdout?.once('close', resolve))
  child.stdout?.destroy()
  await closed
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
