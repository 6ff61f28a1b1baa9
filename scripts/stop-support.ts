import { runExclusively } from './command.ts'
import { endApps } from './end-apps.ts'
import { bothFiles } from './monitoring-compose.ts'
import { ownFolders } from './own-folders.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

/** `make stop-support`: ends everything, the services first, since they cannot work without it. Data is kept. */
await runExclusively('stop-support', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker')
    return runCompose(context, [...bothFiles, '--profile', 'demo', 'down'])
  const ended = await endApps(places, ownFolders(context), 'all')
  console.log(ended.length === 0 ? 'nothing was running' : `stopped ${ended.join(', ')}`)
})
