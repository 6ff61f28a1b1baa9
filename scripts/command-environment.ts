import type { Context } from './command.ts'
import { brings, type Variables } from './support/environment.ts'
import { toolEnvironment } from './tool-environment.ts'

/**
 * The settings of a command: what the user has set, over what runs in this checkout. Where nothing
 * runs here, or the user's database is somewhere else, it is what the user has set alone.
 */
export async function commandEnvironment(context: Context): Promise<Variables> {
  const { overrides, state } = context
  const isElsewhere = brings(overrides, 'DATABASE_URL') || brings(overrides, 'DATABASE_ADMIN_URL')
  if (state === null && isElsewhere) return overrides
  // It throws where nothing has been started.
  return toolEnvironment(context).catch(() => overrides)
}
