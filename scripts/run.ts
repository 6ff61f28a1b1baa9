import { spawn } from 'node:child_process'
import os from 'node:os'
import { nodeCommand, systemEnvironmentFor } from './apps.ts'
import { type Context, requireState, runCommand } from './command.ts'
import { environmentFor } from './support/environment.ts'
import { toolEnvironment } from './tool-environment.ts'

const services = ['scheduler', 'worker', 'consumer', 'web'] as const

/** `node scripts/run.ts worker`: one program in the foreground, with the environment that reaches what runs. */
await runCommand('run', async (context) => {
  const [name, ...args] = process.argv.slice(2)
  if (name === undefined || !/^[a-z-]+$/.test(name))
    throw new Error('which program? scheduler, worker, consumer, web, or a script')
  const service = services.find((candidate) => candidate === name)
  const script = service === undefined ? `scripts/${name}.ts` : `${service}/main.ts`
  const env =
    service === undefined
      ? { ...process.env, ...(await toolEnvironment(context)) }
      : serviceEnvironment(service, context)
  process.exitCode = await runInForeground(
    nodeCommand(context.places, script).args.concat(args),
    env,
  )
})

function serviceEnvironment(
  service: (typeof services)[number],
  context: Context,
): NodeJS.ProcessEnv {
  return {
    ...systemEnvironmentFor(process.env),
    ...environmentFor(service, requireState(context), context.overrides),
  }
}

/** A terminal sends Ctrl-C to both of us: the program ends in order, and we wait for it. */
async function runInForeground(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' })
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 1 : os.constants.signals[signal])),
    )
  })
}
