import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import type { SupportPorts } from './ports.ts'

/** Where things are: fixed for one checkout, and all of it absolute. */
export type Places = {
  readonly checkout: string
  /** `.uptick`: everything that a run leaves behind, so that removing it is a clean slate. */
  readonly state: string
  readonly logs: string
}

/** What carries the results: Kafka, or Postgres with the reason why. */
export type StreamChoice =
  | { readonly kind: 'kafka'; readonly bootstrapServers: string }
  | { readonly kind: 'postgres'; readonly reason: string }

/**
 * What runs beside the services, and how to reach it: kept in `.uptick/support.json` (mode 0600).
 * A null part is brought by the user, by their own settings.
 */
export type SupportState = {
  readonly ports: SupportPorts
  /** What the roles of the services log in with. */
  readonly servicePassword: string
  /** What the dashboard is entered with, where the user sets nothing. */
  readonly dashboardPassword: string
  readonly postgres: {
    readonly ownerUrl: string
    readonly dataDir: string
    readonly movedTo: string | null
  } | null
  readonly stream: StreamChoice | null
  readonly mail: { readonly smtpUrl: string; readonly apiUrl: string } | null
  /** Where each process tells how it is, by its name, and `prometheus` itself; not there before services were started. */
  readonly processPorts?: Readonly<Record<string, number>>
}

/** The places of the checkout that this file is in; `UPTICK_STATE` names another folder for its state. */
export function findPlaces(env: NodeJS.ProcessEnv): Places {
  const checkout = path.resolve(import.meta.dirname, '../..')
  const state = path.resolve(checkout, env.UPTICK_STATE || '.uptick')
  return { checkout, state, logs: path.join(state, 'logs') }
}

const stateFile = (places: Places) => path.join(places.state, 'support.json')

/** Null where nothing was started yet. */
export async function readState(places: Places): Promise<SupportState | null> {
  const text = await readFile(stateFile(places), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return text === null ? null : JSON.parse(text)
}

/** Whole or not at all, also when the machine loses power in between. */
export async function writeState(places: Places, state: SupportState): Promise<void> {
  await mkdir(places.state, { recursive: true })
  const unfinished = `${stateFile(places)}.${process.pid}`
  const file = await open(unfinished, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(state, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, stateFile(places))
}

/** Of services and of the dashboard: nobody has to remember it. */
export function newPassword(): string {
  return randomBytes(18).toString('base64url')
}
