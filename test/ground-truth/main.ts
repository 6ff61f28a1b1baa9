import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { answerAs, answerStranger } from './answer-as.ts'
import { Doors } from './doors.ts'
import type { Assignment, Command, Facts, Question, Reply } from './ground-truth-message.ts'
import { listenOn, portOf } from './listen-on.ts'
import { makeTruth } from './make-truth.ts'
import { readRequests } from './read-requests.ts'
import { checkIdOf, siteOf } from './request-head.ts'
import { RequestLog } from './request-log.ts'
import { showCertificates } from './show-certificates.ts'
import { SiteModes } from './site-modes.ts'
import { isTlsMode, type Mode } from './truth.ts'

/**
 * The ground-truth target: a process that is a fleet of sites, each of which does as its script says.
 * The mode of an answer is decided once, when its request is there, and logged with it. Started by
 * start-ground-truth.ts, and ends with it.
 */
const FOLLOW_EVERY_MS = 10

const assignment: Assignment = JSON.parse(process.argv[2] ?? '')
const { startMs, slowMs } = assignment
const beganMs = performance.timeOrigin - startMs
const sites = makeTruth(assignment.truth)
const siteModes = new SiteModes(sites)
const log = new RequestLog(assignment.logging, assignment.logFile)

/** The time of scripts. It never goes back, whatever is done to the clock. */
const nowMs = () => Math.floor(beganMs + performance.now())

const receive = readRequests((socket, head) => {
  const number = siteOf(head)
  if (!siteModes.has(number)) return answerStranger(socket)
  const atMs = nowMs()
  const mode = answerable(siteModes.of(number, atMs))
  log.add(startMs + atMs, number, mode, () => checkIdOf(head))
  answerAs(mode, socket, number, slowMs)
})

/** A request that came all the same cannot be shown a certificate or a closed door any more. */
function answerable(mode: Mode): Mode {
  return mode === 'refuse' || isTlsMode(mode) ? 'ok' : mode
}

/** What the handshake shows. A bad certificate is the end of an honest look, so it is logged here. */
function modeOfHandshake(serverName: string): Mode {
  const number = Number(/^s(\d+)\./.exec(serverName)?.[1] ?? 0)
  const atMs = nowMs()
  const mode = siteModes.of(number, atMs)
  if (isTlsMode(mode)) log.add(startMs + atMs, number, mode, () => null)
  return mode
}

const plain = createServer(receive)
const secure = createTlsServer(
  showCertificates(assignment.certificates, modeOfHandshake),
  receive,
).on('tlsClientError', () => undefined)
const doors = await Doors.open({
  numbers: sites.flatMap(({ number, place }) => (place === 'door' ? [number] : [])),
  receive: (socket: Socket) => receive(socket),
  refuses: (number) => siteModes.of(number, nowMs()) === 'refuse',
  nowMs,
})
await Promise.all([plain, secure].map((server) => listenOn(server, 0)))
if (doors.ports.length > 0) setInterval(() => void doors.follow(), FOLLOW_EVERY_MS)

function factsNow(): Facts {
  return { orders: siteModes.orders, closed: doors.closedPeriods(), served: log.counts }
}

function reply(message: Reply): void {
  process.send?.(message)
}

/** The doors follow before anybody is told. */
async function obey({ mode, forMs, sites: whom }: Command): Promise<void> {
  const fromMs = nowMs()
  siteModes.obey({ sites: whom, mode, fromMs, untilMs: fromMs + forMs })
  await doors.follow()
}

process.on('message', async (question: Question) => {
  if (question.ask === 'obey') await obey(question.order)
  log.flush()
  reply({ kind: 'facts', id: question.id, facts: factsNow() })
})
process.once('disconnect', () => {
  log.close()
  process.exit(0)
})
reply({ kind: 'ready', http: portOf(plain), https: portOf(secure), doors: doors.ports })
