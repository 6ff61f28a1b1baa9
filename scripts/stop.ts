import { runExclusively } from './command.ts'
import { endApps } from './end-apps.ts'
import { ownFolders } from './own-folders.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

/** `make stop`: ends the services in order; what supports them goes on. */
await runExclusively('stop', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker') {
    return runCompose(context, [
      '--profile',
      'demo',
      'stop',
      'scheduler',
      'worker',
      'consumer',
      'web',
      'demo-target',
    ])
  }
  const ended = await endApps(places, ownFolders(context), 'uptick')
  console.log(ended.length === 0 ? 'no service was running' : `stopped ${ended.join(', ')}`)
})
