import { bringUpSupport } from './bring-up-support.ts'
import { runExclusively } from './command.ts'
import { describeSupport } from './describe-support.ts'
import { ownFolders } from './own-folders.ts'
import { openSupervisor } from './supervise.ts'
import { findSupportMode, runCompose } from './support-mode.ts'

/** `make start-support`: Postgres, Kafka and the mail catcher, and nothing of our own. */
await runExclusively('start-support', async (context) => {
  const { places, env } = context
  if ((await findSupportMode(env, places)) === 'docker') {
    return runCompose(context, ['up', '--detach', '--wait', 'postgres', 'kafka', 'mail'])
  }
  const supervisor = await openSupervisor(places, ownFolders(context))
  try {
    const state = await bringUpSupport({ ...context, supervisor })
    console.log(describeSupport(state).join('\n'))
  } finally {
    supervisor.disconnect()
  }
})
