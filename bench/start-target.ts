import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export type Target = { readonly port: number; readonly pid: number; end(): Promise<void> }

/** Starts the target in a process of its own; times of flapping count from its start. */
export async function startTarget(
  flap: { fromMs: number; untilMs: number } | null = null,
): Promise<Target> {
  const env =
    flap === null ? {} : { FLAP_FROM_MS: String(flap.fromMs), FLAP_UNTIL_MS: String(flap.untilMs) }
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'target.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const [line] = await once(child.stdout, 'data')
  return {
    port: Number(String(line).trim()),
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
