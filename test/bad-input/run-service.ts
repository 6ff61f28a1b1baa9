import { spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { ServiceName } from '../support/stack.ts'

const root = path.join(import.meta.dirname, '../..')
/** A process that does not end by itself is a failure of the test: it is ended then. */
const PATIENCE_MS = 15_000

export type ServiceEnd = {
  /** Null: it had to be ended. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A service from its start to its end, as a supervisor sees it; of the environment it has only what is given. */
export async function runService(
  service: ServiceName,
  env: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): Promise<ServiceEnd> {
  const child = spawn(process.execPath, [...nodeArguments, path.join(root, service, 'main.ts')], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}
