import { statfs } from 'node:fs/promises'
import type { Context } from '../command.ts'
import { findSupervisor } from '../supervise.ts'
import { findSupportMode } from '../support-mode.ts'
import { type Finding, fail, ok, skipped, warn } from './finding.ts'
import { judgeDisk } from './judge-facts.ts'

/** The processes of this checkout, where it runs any. */
export async function lookAtProcesses({ state, env, places }: Context): Promise<Finding> {
  if (state === null) return skipped('nothing was started in this checkout')
  if ((await findSupportMode(env, places)) === 'docker') return skipped('containers: make status')
  const supervisor = await findSupervisor(places)
  if (supervisor === null) return warn('nothing runs in this checkout', 'make start')
  const apps = (await supervisor.list()).filter((app) => !app.isScheduled)
  supervisor.disconnect()
  if (!apps.some(({ namespace }) => namespace === 'uptick')) {
    return warn('of this checkout only what supports the services runs', 'make start')
  }
  const broken = apps.filter(({ phase }) => phase !== 'running')
  if (broken.length === 0) return ok(`${apps.length} run`)
  const list = broken.map(({ name, phase }) => `${name} is ${phase}`).join(', ')
  return fail(list, 'make start, make logs')
}

/** Room where the servers of this checkout keep their data. */
export async function lookAtDisk({ state, places }: Context): Promise<Finding> {
  if (state === null || state.postgres?.dataDir === '') return skipped('no data is kept here')
  const { bavail, blocks, bsize } = await statfs(places.state)
  return judgeDisk({ free: bavail * bsize, total: blocks * bsize })
}
