import { mkdir, open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { errorText } from '#shared/runtime/log.ts'
import { readOverrides, type Variables } from './support/environment.ts'
import { isAlive } from './support/is-alive.ts'
import { findPlaces, type Places, readState, type SupportState } from './support/state.ts'

/** What every command of a person begins with. */
export type Context = {
  readonly places: Places
  readonly env: NodeJS.ProcessEnv
  readonly overrides: Variables
  readonly state: SupportState | null
}

/** Errors of these kinds are bugs of ours: where they come from matters more than a tidy line. */
const bugs = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Runs a command to its end: one line and exit code 1 where it cannot do what it should. */
export async function runCommand(
  name: string,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  // Whoever reads our output may have seen enough: `make logs | head`.
  process.stdout.on('error', () => process.exit())
  try {
    await work(await readContext(process.env))
  } catch (error) {
    const isBug = bugs.some((kind) => error instanceof kind)
    console.error(isBug ? error : `${name}: ${errorText(error)}`)
    process.exitCode = 1
  }
  // The supervisor's client goes on calling for a supervisor that has ended, and would keep us alive.
  process.exit()
}

/** The same, for a command that changes what runs: one at a time in a checkout. */
export async function runExclusively(
  name: string,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  await runCommand(name, async (context) => {
    const release = await takeLock(context.places, name)
    try {
      await work(context)
    } finally {
      await release()
    }
  })
}

/** @throws when nothing has been started, in words that say what to do. */
export function requireState({ state }: Context): SupportState {
  if (state === null) throw new Error('nothing has been started yet: make start')
  return state
}

/** From an environment and the checkout that this file is in. */
export async function readContext(env: NodeJS.ProcessEnv): Promise<Context> {
  const places = findPlaces(env)
  const file = await readFile(path.join(places.checkout, '.env'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    },
  )
  const overrides = readOverrides(env, file)
  return { places, env, overrides, state: await readState(places) }
}

/** @throws when another command that changes what runs is at work. */
async function takeLock(places: Places, name: string): Promise<() => Promise<void>> {
  const file = path.join(places.state, 'command.lock')
  await mkdir(places.state, { recursive: true })
  const holder = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(holder.split(' ')[0])
  if (pid > 0 && isAlive(pid))
    throw new Error(`"${holder.split(' ')[1]}" (process ${pid}) is at work: wait for it`)
  await rm(file, { force: true })
  const handle = await open(file, 'wx')
  await handle.writeFile(`${process.pid} ${name}`)
  await handle.close()
  return () => rm(file, { force: true })
}
