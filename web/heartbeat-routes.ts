import { type Context, Hono } from 'hono'
import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import { readBodyBeginning } from './body-beginning.ts'
import { CALLS_PER_SECOND_MAX } from './call-limit.ts'
import type { Recorded } from './call-recorder.ts'
import { readPing } from './healthchecks-ping.ts'
import type { Route } from './route.ts'
import { readPush } from './uptime-kuma-push.ts'

export type RecordCall = (call: HeartbeatCall) => Promise<Recorded>

/** HEAD comes along with GET, and is a call like it. */
const METHODS = ['GET', 'POST']
const KUMA_PATHS = ['/api/push/:token']
const HEALTHCHECKS_PATHS = ['/ping/:token', '/ping/:token/:action']

export const heartbeatRouteTable: readonly Route[] = [...KUMA_PATHS, ...HEALTHCHECKS_PATHS].flatMap(
  (path) =>
    (['GET', 'POST'] as const).map(
      (method): Route => ({
        method,
        path,
        audience: 'token holder',
        purpose: 'a watched job says how it is',
      }),
    ),
)

/** The URLs that watched jobs call, in two dialects that their tools already speak. */
export function heartbeatRoutes(record: RecordCall): Hono {
  // With or without a slash at the end, as both of the originals.
  const routes = new Hono({ strict: false })
  routes.on(METHODS, KUMA_PATHS, (context) => answerPush(context, record))
  routes.on(METHODS, HEALTHCHECKS_PATHS, (context) => answerPing(context, record))
  for (const path of [...KUMA_PATHS, ...HEALTHCHECKS_PATHS]) {
    routes.all(path, (context) => context.body(null, 405, { allow: 'GET, HEAD, POST' }))
  }
  return routes
}

const statusCodes = { recorded: 200, unknown: 404, too_often: 429, unavailable: 503 } as const

const kumaMessages: Readonly<Record<Exclude<Recorded, 'recorded'>, string>> = {
  unknown: 'Monitor not found or not active.',
  too_often: `Too many calls: at most ${CALLS_PER_SECOND_MAX} a second.`,
  unavailable: 'Not recorded, please try again.',
}

const healthchecksTexts: Readonly<Record<Recorded, string>> = {
  recorded: 'OK',
  unknown: '(not found)',
  too_often: '(rate limited)',
  unavailable: '(not recorded, please try again)',
}

async function answerPush(context: Context, record: RecordCall): Promise<Response> {
  const call = readPush(context.req.param('token') ?? '', context.req.query())
  if (call !== null && 'refused' in call) return context.json({ ok: false, msg: call.refused }, 400)
  const recorded = call === null ? 'unknown' : await record(call)
  const answer = recorded === 'recorded' ? { ok: true } : { ok: false, msg: kumaMessages[recorded] }
  return context.json(answer, statusCodes[recorded], retryHeaders(recorded))
}

async function answerPing(context: Context, record: RecordCall): Promise<Response> {
  const body = await readBodyBeginning(context.req.raw)
  if (body.outcome !== 'read') return context.text('(body broken off)', 400)
  const { token = '', action = '' } = context.req.param()
  const call = readPing(token, action, body.text)
  const recorded = call === null ? 'unknown' : await record(call)
  return context.text(healthchecksTexts[recorded], statusCodes[recorded], retryHeaders(recorded))
}

function retryHeaders(recorded: Recorded): Record<string, string> {
  return recorded === 'too_often' || recorded === 'unavailable' ? { 'retry-after': '1' } : {}
}
