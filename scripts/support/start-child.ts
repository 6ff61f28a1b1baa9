import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An account of the operating system, by its numbers. */
export type OsUser = { readonly name: string; readonly uid: number; readonly gid: number }

/** A program to run in the foreground: what a supervisor or a test needs to start it, and nothing else. */
export type Command = {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Whose rights it runs with; null: the caller's. */
  readonly user: OsUser | null
  readonly env?: Readonly<Record<string, string>>
}

export type Child = {
  readonly pid: number
  /** Resolves once, however it ends; never rejects. */
  readonly exited: Promise<Exit>
  hasExited(): boolean
  /** Sends the signal, and SIGKILL where that has not ended it in time. Resolves when it is gone. */
  stop(signal: NodeJS.Signals, timeoutMs: number): Promise<Exit>
}

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/**
 * Starts a program whose output goes to the end of `logFile`. It ends with this process at the
 * latest: support services of a test must not outlive the test.
 * @throws when the program cannot be started at all.
 */
export async function startChild(command: Command, logFile: string): Promise<Child> {
  const log = openSync(logFile, 'a')
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', log, log],
    ...ids(command.user),
  })
  closeSync(log)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      process.off('exit', killWithUs)
      resolve({ code, signal })
    })
  })
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    async stop(signal, timeoutMs) {
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
      const exit = await exited
      clearTimeout(timer)
      return exit
    },
  }
}

/** The options of `node:child_process` that make a program run as this user. */
export function ids(user: OsUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid }
}

/** The first of the named accounts that exists on this machine, or null. */
export async function findUser(names: readonly string[]): Promise<OsUser | null> {
  for (const name of names) {
    const numbers = await Promise.all(['-u', '-g'].map((flag) => idOf(flag, name)))
    const [uid, gid] = numbers
    if (uid !== undefined && gid !== undefined && uid !== null && gid !== null)
      return { name, uid, gid }
  }
  return null
}

/** `id` ends with an error where the account does not exist, which is an answer. */
async function idOf(flag: string, name: string): Promise<number | null> {
  try {
    return Number((await run('id', [flag, name])).stdout)
  } catch {
    return null
  }
}
