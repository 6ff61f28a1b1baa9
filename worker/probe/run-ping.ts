import { type ChildProcess, spawn } from 'node:child_process'
import { isIPv6 } from 'node:net'

/** How a run of the program ended, or why there was none. */
export type PingRun =
  | {
      readonly outcome: 'ended'
      /** Null: a signal ended it. */
      readonly exitCode: number | null
      readonly stdout: string
      readonly stderr: string
    }
  /** By a code of Node's: `ENOENT`. */
  | { readonly outcome: 'not_started'; readonly code: string }

export type RunningPing = {
  readonly run: Promise<PingRun>
  /** At once, and without asking. */
  kill(): void
}

/** What ping says of one echo is a few lines. */
const OUTPUT_MAX = 4_096
/** All that the program needs of our environment, which holds secrets. */
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/run/wrappers/bin',
  LC_ALL: 'C',
}

/**
 * Sends one echo request by the system's `ping`, of iputils or busybox: it may do what we may not,
 * open a socket for ICMP. No shell comes near the address.
 */
export function runPing(program: string, address: string, timeoutMs: number): RunningPing {
  try {
    const child = start(program, address, timeoutMs)
    return { run: endOf(child), kill: () => kill(child) }
  } catch (error) {
    // Some reasons are events, others are thrown: a file whose capabilities this process may not have.
    return { run: Promise.resolve(notStarted(error)), kill: () => undefined }
  }
}

function start(program: string, address: string, timeoutMs: number): ChildProcess {
  const family = isIPv6(address) ? '-6' : '-4'
  const seconds = String(Math.ceil(timeoutMs / 1000))
  return spawn(program, ['-n', '-c', '1', '-W', seconds, family, address], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: ENVIRONMENT,
  })
}

/** The pipes as well: a process of its own that a wrapper of ping left behind would hold them open. */
function kill(child: ChildProcess): void {
  child.kill('SIGKILL')
  child.stdout?.destroy()
  child.stderr?.destroy()
}

function endOf(child: ChildProcess): Promise<PingRun> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    // A process that could not be started for want of file descriptors has no streams.
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] = (texts[name] + text).slice(0, OUTPUT_MAX)
    })
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(notStarted(error)))
    child.once('close', (exitCode) => resolve({ outcome: 'ended', exitCode, ...texts }))
  })
}

function notStarted(error: unknown): PingRun {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return { outcome: 'not_started', code }
}
