import { runExclusively } from './command.ts'
import { endApps } from './end-apps.ts'
import { runMonitoringCompose } from './monitoring-compose.ts'
import { ownFolders } from './own-folders.ts'
import { findSupportMode } from './support-mode.ts'

/** `make stop-monitoring`: ends what watches; what is watched goes on, and the figures are kept. */
await runExclusively('stop-monitoring', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker')
    return runMonitoringCompose(context, ['stop'])
  const ended = await endApps(places, ownFolders(context), 'monitoring')
  console.log(ended.length === 0 ? 'no monitoring was running' : `stopped ${ended.join(', ')}`)
})
