import { rm } from 'node:fs/promises'
import { runExclusively } from './command.ts'
import { endApps } from './end-apps.ts'
import { bothFiles } from './monitoring-compose.ts'
import { ownFolders } from './own-folders.ts'
import { supervisorHome } from './supervisor-home.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

/** `make clean`: ends everything and removes all data, as on the first day. Kafka's jars stay in the user's cache. */
await runExclusively('clean', async (context) => {
  const { places, env, state } = context
  if ((await findSupportMode(env, places)) === 'docker') {
    const everything = ['--profile', 'demo', 'down', '--volumes', '--remove-orphans']
    await runCompose(context, [...bothFiles, ...everything])
  }
  await endApps(places, ownFolders(context), 'all')
  const movedTo = state?.postgres?.movedTo
  for (const folder of [supervisorHome(places), places.state, ...(movedTo ? [movedTo] : [])]) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  console.log(`removed ${places.state}`)
})
