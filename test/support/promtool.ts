import { execFileSync, spawnSync } from 'node:child_process'

/** Debian's package `prometheus` has it. Where it is missing, tests of it are skipped, and fail in CI. */
export const hasPromtool = spawnSync('promtool', ['--version']).status === 0

/** Runs promtool in a folder, with this on its standard input. @throws with all it says, where it finds anything wrong. */
export function promtool(args: readonly string[], cwd: string, input = ''): string {
  try {
    return execFileSync('promtool', args, { cwd, input, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error
    throw new Error(`promtool ${args.join(' ')}\n${error.stdout}${error.stderr}`)
  }
}
