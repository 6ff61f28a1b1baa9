import { type Context, Hono } from 'hono'
import { isRetryable } from '#db/retryable.ts'
import { errorText } from '#shared/runtime/log.ts'
import { callerOf } from '../caller-address.ts'
import type { Audience, Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { isAccepted } from './accepted-type.ts'
import { type Answer, problem } from './answer.ts'
import { HealthWatch } from './health-watch.ts'
import { type Admission, KeyGuard } from './key-guard.ts'
import { API_PREFIX, answerType, type Operation } from './operation.ts'
import { operations } from './operations.ts'
import { readJsonBody } from './read-json-body.ts'

export const apiRouteTable: readonly Route[] = operations.map(
  ({ method, path, scope, summary }) => ({
    method,
    path: API_PREFIX + path,
    audience: audienceOf(scope),
    purpose: summary,
  }),
)

function audienceOf(scope: Operation['scope']): Audience {
  return scope === 'anyone' ? scope : `key: ${scope}`
}

/** The JSON API. To be mounted last: below its prefix it answers whatever nobody else has. */
export function apiRoutes(web: WebContext): Hono {
  const routes = new Hono({ strict: false })
  const serving = { web, guard: new KeyGuard(web), health: new HealthWatch(web) }
  for (const operation of operations) {
    routes.on(operation.method, API_PREFIX + operation.path, async (context) =>
      respond(await answerOf(context, operation, serving)),
    )
  }
  for (const [path, ofPath] of Map.groupBy(operations, ({ path }) => path)) {
    routes.all(API_PREFIX + path, () => respond(wrongMethod(ofPath)))
  }
  routes.all(`${API_PREFIX}/*`, (context) =>
    respond(problem('not-found', `nothing is served at ${context.req.path}`)),
  )
  routes.onError((error) => respond(failure(error, web)))
  return routes
}

type Serving = { readonly web: WebContext; readonly guard: KeyGuard; readonly health: HealthWatch }

async function answerOf(
  context: Context,
  operation: Operation,
  { web, guard, health }: Serving,
): Promise<Answer> {
  const { raw } = context.req
  const admission = await admissionTo(context, operation, guard)
  if (admission.outcome === 'refused') return admission.answer
  if (!isAccepted(raw.headers.get('accept'), answerType(operation)))
    return problem('not-acceptable', `the answer is ${answerType(operation)}`)
  const read =
    operation.body === undefined
      ? ({ outcome: 'read', fields: {} } as const)
      : await readJsonBody(raw, operation.body.type)
  if (read.outcome === 'refused') return read.answer
  const url = new URL(raw.url)
  const answer = await operation.run(
    {
      web,
      health,
      url,
      path: context.req.param(),
      headers: raw.headers,
      scopes: admission.scopes,
      fields: read.fields,
    },
    url.searchParams,
  )
  return { ...answer, headers: { ...admission.headers, ...answer.headers } }
}

async function admissionTo(
  context: Context,
  { scope }: Operation,
  guard: KeyGuard,
): Promise<Admission> {
  if (scope === 'anyone') return { outcome: 'admitted', scopes: [], headers: {} }
  const authorization = context.req.header('authorization') ?? null
  return guard.admit({ authorization, caller: callerOf(context) }, scope)
}

function wrongMethod(operations: readonly Operation[]): Answer {
  const methods = operations.flatMap(({ method }) =>
    method === 'GET' ? ['GET', 'HEAD'] : [method],
  )
  const allow = methods.join(', ')
  return problem('wrong-method', `this address takes ${allow}`, { headers: { allow } })
}

/** What goes away by waiting is told as such. The text of an error is for the log alone. */
function failure(error: Error, { log }: WebContext): Answer {
  log.error({ error: errorText(error) }, 'a request of the API failed by a fault of ours')
  if (!isRetryable(error)) return problem('fault', 'this has been written into the log')
  const headers = { 'retry-after': '5' }
  return problem('unavailable', 'the database does not answer just now', { headers })
}

function respond({ status, headers, body }: Answer): Response {
  if (body === null) return new Response(null, { status, headers: headers ?? {} })
  const isPage = typeof body === 'string'
  const type = isPage ? 'text/html; charset=utf-8' : 'application/json'
  const text = isPage ? body : `${JSON.stringify(body)}\n`
  return new Response(text, { status, headers: { 'content-type': type, ...headers } })
}
