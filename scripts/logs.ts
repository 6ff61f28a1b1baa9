import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, runCommand } from './command.ts'
import { formatLogLine } from './log-line.ts'
import { findSupervisor } from './supervise.ts'
import { findSupportMode, runCompose } from './support-mode.ts'
import { lastLines, type Position, readFrom, sizeOf } from './tail-log.ts'

const LINES_FIRST = 100
const POLL_MS = 300

const containers = {
  support: ['postgres', 'kafka', 'mail'],
  uptick: ['scheduler', 'worker', 'consumer', 'web', 'demo-target'],
}

const colours = process.stdout.isTTY && !process.env.NO_COLOR ? 'on' : 'off'

/** `make logs` and `make logs-support`: the last lines of all, then what is added; `FOLLOW=0` ends after the first. */
await runCommand('logs', async (context) => {
  const { places, env } = context
  const namespace = process.argv[2] === 'support' ? 'support' : 'uptick'
  const follows = env.FOLLOW !== '0'
  if ((await findSupportMode(env, places)) === 'docker') {
    const options = ['logs', `--tail=${LINES_FIRST}`, ...(follows ? ['--follow'] : [])]
    return runCompose(context, ['--profile', 'demo', ...options, ...containers[namespace]])
  }
  const files = (await appNames(context, namespace)).map((name) => ({
    name,
    file: path.join(places.logs, `${name}.log`),
  }))
  if (files.length === 0)
    throw new Error(
      `nothing is running: make ${namespace === 'support' ? 'start-support' : 'start'}`,
    )
  const positions = await Promise.all(
    files.map(async ({ file }): Promise<Position> => ({ offset: await sizeOf(file), rest: '' })),
  )
  await printLast(files)
  if (follows) await follow(files, positions)
})

type LogFile = { readonly name: string; readonly file: string }

async function appNames({ places }: Context, namespace: string): Promise<string[]> {
  const supervisor = await findSupervisor(places)
  if (supervisor === null) return []
  try {
    const apps = (await supervisor.list()).filter(
      (app) => app.namespace === namespace && !app.isScheduled,
    )
    return apps.map((app) => app.name)
  } finally {
    supervisor.disconnect()
  }
}

/** Of all files together, in the order of their times. A line without one stays behind the line before it. */
async function printLast(files: readonly LogFile[]): Promise<void> {
  const all: { atMs: number; text: string }[] = []
  for (const { name, file } of files) {
    let atMs = 0
    for (const line of await lastLines(file, LINES_FIRST)) {
      const formatted = formatLogLine(name, line, colours)
      atMs = formatted.atMs ?? atMs
      all.push({ atMs, text: formatted.text })
    }
  }
  all.sort((a, b) => a.atMs - b.atMs)
  for (const { text } of all.slice(-LINES_FIRST)) console.log(text)
}

async function follow(files: readonly LogFile[], begin: readonly Position[]): Promise<never> {
  const positions = [...begin]
  for (;;) {
    for (const [index, { name, file }] of files.entries()) {
      const { lines, next } = await readFrom(file, positions[index] ?? { offset: 0, rest: '' })
      positions[index] = next
      for (const line of lines) console.log(formatLogLine(name, line, colours).text)
    }
    await delay(POLL_MS)
  }
}
