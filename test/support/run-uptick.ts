import { execFile } from 'node:child_process'
import path from 'node:path'

const script = path.join(import.meta.dirname, '../../scripts/uptick.ts')
/** More than any output that a test looks at. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024

export type UptickEnd = { readonly code: number; readonly out: string; readonly err: string }

/** `uptick ARGS` to its end, with the Node that runs us; of the environment it sees only what is given. */
export function runUptick(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<UptickEnd> {
  const options = {
    env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env },
    maxBuffer: OUTPUT_BYTES_MAX,
  }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err })
    })
    child.stdin?.end()
  })
}
