import { parseWorkers } from './apps.ts'
import { bringUpServices } from './bring-up-services.ts'
import { bringUpSupport } from './bring-up-support.ts'
import { type Context, runExclusively } from './command.ts'
import { describeSupport } from './describe-support.ts'
import { ownFolders } from './own-folders.ts'
import { openSupervisor } from './supervise.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

const next = `
make load-data   adds sample sites          make mail   shows the emails
make status      what runs, and how well    make logs   follows the services
make report      uptime, and how much of it was seen
make stop        ends the services          make sql Q="select * from sites"`

/** `make start`: everything, ready to watch sites. Leaves alone what already runs as it should. */
await runExclusively('start', async (context) => {
  const { places, env } = context
  // A typing error is told before anything is started.
  if (env.WORKERS) parseWorkers(env.WORKERS)
  if ((await findSupportMode(env, places)) === 'docker') return startContainers(context)
  const begunAtMs = Date.now()
  const supervisor = await openSupervisor(places, ownFolders(context))
  try {
    const state = await bringUpSupport({ ...context, supervisor })
    console.log(describeSupport(state).join('\n'))
    const running = await bringUpServices({ ...context, state, supervisor })
    console.log(`uptick    ${running.join(', ')}`)
    console.log(`\nready after ${((Date.now() - begunAtMs) / 1000).toFixed(1)} s. Next:${next}`)
  } finally {
    supervisor.disconnect()
  }
})

async function startContainers(context: Context): Promise<void> {
  const workers = parseWorkers(context.env.WORKERS || '1')
  await runCompose(context, [
    '--profile',
    'demo',
    'up',
    '--detach',
    '--build',
    '--scale',
    `worker=${workers}`,
  ])
  console.log(`\nstarted. Next:${next}`)
}
