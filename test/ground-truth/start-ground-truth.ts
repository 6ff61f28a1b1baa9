import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asItWas } from './as-it-was.ts'
import type {
  Assignment,
  Command,
  Facts,
  Logging,
  Question,
  Reply,
} from './ground-truth-message.ts'
import { makeTruth, type TruthOptions } from './make-truth.ts'
import { readServed } from './read-served.ts'
import { CA_FILE, type Ports, rowOf } from './row-of.ts'
import { makeTruthCertificates } from './show-certificates.ts'
import {
  faultsAt,
  type Mode,
  type Order,
  type Served,
  type Sites,
  type TruthSite,
} from './truth.ts'

export type GroundTruthOptions = {
  readonly truth: TruthOptions
  /** Of the rows. A slow site takes 30 % of it. */
  readonly timeoutMs: number
  /** Where the log is written, and the PEM of the authority that sites with TLS trust: the workers' SECRETS_DIR. */
  readonly folder: string
  /** `full` by default. */
  readonly logging?: Logging
}

export type GroundTruth = {
  readonly pid: number
  /** `http://127.0.0.1:PORT`: any site is there by its path, `/s/<number>`, as well as where its row says. */
  readonly origin: string
  readonly httpsOrigin: string
  /** The zero of scripts' time in epoch milliseconds: the last multiple of the cadence before the start. */
  readonly startMs: number
  /** PEM of the authority, and the file that holds it. */
  readonly ca: string
  readonly caFile: string
  /** NDJSON, a `Served` each. */
  readonly logFile: string
  /** As the scripts have it. Door ports differ from run to run, all else follows from the options. */
  readonly sites: readonly TruthSite[]
  /** From now on, for so long; gives what is true from now on. Throws where a site cannot show the mode. */
  order(mode: Mode, forMs: number, numbers?: Sites): Promise<Order>
  /** The sites as they came to be: with orders, and with the times at which doors were really closed. */
  sitesAsTheyWere(): Promise<TruthSite[]>
  facts(): Promise<Facts>
  /** All so far, in order. */
  served(): Promise<Served[]>
  stop(): Promise<void>
}

const SLOW_SHARE = 0.3

/** Starts the target in a process of its own; it also ends when this process does. */
export async function startGroundTruth(options: GroundTruthOptions): Promise<GroundTruth> {
  const { truth, timeoutMs, folder, logging = 'full' } = options
  const { ca, certificates } = await makeTruthCertificates()
  const caFile = path.join(folder, CA_FILE)
  await writeFile(caFile, ca)
  const cadenceMs = truth.cadenceSeconds * 1_000
  const startMs = Math.floor(Date.now() / cadenceMs) * cadenceMs
  const logFile = path.join(folder, 'ground-truth.ndjson')
  const slowMs = Math.round(timeoutMs * SLOW_SHARE)
  const child = launch({ truth, startMs, slowMs, logging, logFile, certificates })
  const ports = await portsOf(child)
  const scripted = makeTruth(truth)
  const sites = scripted.map((site) => ({ ...site, row: rowOf(site, ports, timeoutMs) }))
  const ask = asker(child)
  const facts = () => ask({ ask: 'facts' })
  return {
    pid: child.pid ?? 0,
    origin: `http://127.0.0.1:${ports.http}`,
    httpsOrigin: `https://127.0.0.1:${ports.https}`,
    startMs,
    ca,
    caFile,
    logFile,
    sites,
    async order(mode, forMs, numbers = 'all') {
      demandShowable(mode, numbers, sites)
      const order = { mode, forMs, sites: numbers }
      const { orders } = await ask({ ask: 'obey', order })
      const given = orders.findLast(
        (one) => one.mode === mode && one.untilMs - one.fromMs === forMs,
      )
      if (given === undefined) throw new Error('the target has lost an order')
      return given
    },
    async sitesAsTheyWere() {
      const now = await facts()
      return sites.map((site) => ({ ...site, script: asItWas(site, now) }))
    },
    facts,
    async served() {
      await facts()
      return readServed(logFile)
    },
    async stop() {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

function launch(assignment: Assignment): ChildProcess {
  return fork(path.join(import.meta.dirname, 'main.ts'), [JSON.stringify(assignment)], {
    execArgv: [],
  })
}

async function portsOf(child: ChildProcess): Promise<Ports> {
  const reply = await new Promise<Reply>((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the target ended with ${code} as it started`)))
  })
  if (reply.kind !== 'ready') throw new Error(`the target said ${reply.kind} before it was ready`)
  return { http: reply.http, https: reply.https, doors: new Map(reply.doors) }
}

type Asked = { readonly ask: 'obey'; readonly order: Command } | { readonly ask: 'facts' }

function asker(child: ChildProcess): (question: Asked) => Promise<Facts> {
  const waiting = new Map<number, (facts: Facts) => void>()
  let lastId = 0
  child.on('message', (reply: Reply) => {
    if (reply.kind !== 'facts') return
    waiting.get(reply.id)?.(reply.facts)
    waiting.delete(reply.id)
  })
  return (asked) =>
    new Promise((resolve, reject) => {
      const question: Question = { ...asked, id: ++lastId }
      waiting.set(question.id, resolve)
      child.send(question, (error) => error !== null && reject(error))
    })
}

function demandShowable(mode: Mode, whom: Sites, sites: readonly TruthSite[]): void {
  for (const number of whom === 'all' ? sites.keys().map((at) => at + 1) : whom) {
    const site = sites[number - 1]
    if (site === undefined) throw new RangeError(`order: site ${number} does not exist`)
    const { place } = site
    if (mode !== 'ok' && !faultsAt[place].some((fault) => fault === mode)) {
      throw new RangeError(`order: site ${number} is at ${place}, where ${mode} cannot be shown`)
    }
  }
}
