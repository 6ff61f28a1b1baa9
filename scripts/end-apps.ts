import { type AppState, findSupervisor } from './supervise.ts'
import { endLeftovers } from './supervisor-home.ts'
import type { Places } from './support/state.ts'

/** Later ones need earlier ones: the database, which all write to, goes last. */
const endOrder = [
  'prometheus',
  'demo-target',
  'web',
  'scheduler',
  'worker',
  'consumer',
  'trim-logs',
  'mail',
  'kafka',
  'postgres',
]

/** Ends the services, or what watches them, or all and the supervisor with it; resolves to the names of what was ended. */
export async function endApps(
  places: Places,
  ownFolders: readonly string[],
  which: 'uptick' | 'monitoring' | 'all',
): Promise<string[]> {
  const supervisor = await findSupervisor(places)
  if (supervisor === null) {
    await endLeftovers(places, ownFolders)
    return []
  }
  try {
    const apps = (await supervisor.list()).filter(
      (app) => which === 'all' || app.namespace === which,
    )
    const inOrder = [...apps].sort((a, b) => orderOf(a) - orderOf(b))
    for (const app of inOrder) await supervisor.remove(app.name)
    if (which === 'all') await supervisor.end()
    return inOrder.filter((app) => !app.isScheduled).map((app) => app.name)
  } finally {
    supervisor.disconnect()
  }
}

const orderOf = ({ name }: AppState) => endOrder.findIndex((prefix) => name.startsWith(prefix))
