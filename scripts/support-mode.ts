import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import type { Context } from './command.ts'
import { isSupervised } from './supervisor-home.ts'
import type { Places } from './support/state.ts'

const run = promisify(execFile)

/** An engine that does not answer by then does not run; its client alone would wait for ever. */
const ENGINE_TIMEOUT_MS = 3_000

export type SupportMode = 'docker' | 'native'

/**
 * Whether the commands drive containers or processes: what `SUPPORT` says, else what already runs
 * as processes, else containers where an engine with Compose answers.
 */
export async function findSupportMode(
  env: NodeJS.ProcessEnv,
  places: Places,
): Promise<SupportMode> {
  const said = env.SUPPORT?.trim()
  if (said === 'docker' || said === 'native') return said
  if (said) throw new Error(`SUPPORT: ${JSON.stringify(said)} must be docker or native`)
  if (await isSupervised(places)) return 'native'
  return (await isEngineThere()) ? 'docker' : 'native'
}

/** The client is no proof: it may be there without an engine, or without Compose. */
async function isEngineThere(): Promise<boolean> {
  const asks = [['info'], ['compose', 'version']].map((args) =>
    run('docker', args, { timeout: ENGINE_TIMEOUT_MS }),
  )
  const answers = await Promise.allSettled(asks)
  return answers.every((answer) => answer.status === 'fulfilled')
}

/**
 * Hands over to `docker compose`, whose output is the caller's. What `make env` has printed into the
 * caller's shell is left out: inside of a container it leads nowhere.
 * @throws when it fails.
 */
export async function runCompose(
  { places, overrides }: Pick<Context, 'places' | 'overrides'>,
  args: readonly string[],
): Promise<void> {
  const child = spawn('docker', ['compose', ...args], {
    cwd: places.checkout,
    env: { ...overrides },
    stdio: 'inherit',
  })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve(exitCode ?? 1))
  })
  if (code !== 0) throw new Error(`docker compose ${args.join(' ')} ended with ${code}`)
}
