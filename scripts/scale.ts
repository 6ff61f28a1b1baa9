import { parseWorkers } from './apps.ts'
import { bringUpServices } from './bring-up-services.ts'
import { requireState, runExclusively } from './command.ts'
import { findSupervisor } from './supervise.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

/** `make scale WORKERS=4`: that many workers; the others are asked to finish what they have. */
await runExclusively('scale', async (context) => {
  const { places, env } = context
  const workers = parseWorkers(env.WORKERS ?? '')
  if ((await findSupportMode(env, places)) === 'docker') {
    return runCompose(context, [
      'up',
      '--detach',
      '--no-recreate',
      '--scale',
      `worker=${workers}`,
      'worker',
    ])
  }
  const state = requireState(context)
  const supervisor = await findSupervisor(places)
  if (supervisor === null) throw new Error('nothing is running: make start')
  try {
    const running = await bringUpServices({ ...context, state, supervisor })
    console.log(`running: ${running.join(', ')}`)
  } finally {
    supervisor.disconnect()
  }
})
