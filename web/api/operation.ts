import type { ApiScope } from '#db/api-keys.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { type Answer, type ProblemKind, problem } from './answer.ts'
import type { HealthWatch } from './health-watch.ts'
import { type JsonSchema, type Parameters, readQuery, type ValuesOf } from './parameter.ts'

/** Below which everything of the API is. */
export const API_PREFIX = '/api/v1'

/** One thing that the API does: the router, the table of routes and the OpenAPI document are made of these. */
export type Operation = Described & {
  readonly query: Parameters
  run(call: Call, query: URLSearchParams): Promise<Answer>
}

type Described = {
  /** Its `operationId`. */
  readonly name: string
  readonly method: Route['method']
  /** Below the prefix, in the router's words: `/sites/:site`. */
  readonly path: string
  /** `anyone`: no key is asked for. */
  readonly scope: ApiScope | 'anyone'
  /** The heading that it stands under. */
  readonly group: 'Sites' | 'Results' | 'Outages' | 'Uptime' | 'Service'
  /** A line. */
  readonly summary: string
  readonly description?: string
  readonly body?: BodyWanted
  readonly answers: readonly AnswerPromised[]
  /** How it can fail beside what any request can. */
  readonly problems: readonly ProblemKind[]
  /** For curl: what takes the place of the path's parameters and follows it. */
  readonly example: string
}

type BodyWanted = {
  readonly type: 'application/json' | 'application/merge-patch+json'
  readonly schema: JsonSchema
  readonly example: object
}

type AnswerPromised = {
  readonly status: 200 | 201 | 202 | 204 | 503
  readonly description: string
  /** Null: there is no body. `html`: a page. */
  readonly schema: JsonSchema | 'html' | null
  readonly headers?: Readonly<Record<string, string>>
}

/** What an operation is given of a request. */
export type Call = {
  readonly web: WebContext
  readonly health: HealthWatch
  readonly url: URL
  readonly path: Readonly<Record<string, string>>
  readonly headers: Headers
  readonly scopes: readonly ApiScope[]
  /** Of the body; empty where none is wanted. */
  readonly fields: Readonly<Record<string, unknown>>
}

type Written<Query extends Parameters> = Described & {
  readonly query: Query
  handle(call: Call, query: ValuesOf<Query>): Promise<Answer>
}

/** An operation whose handler is given its query as values. */
export function operation<Query extends Parameters>({
  handle,
  ...described
}: Written<Query>): Operation {
  return {
    ...described,
    run: async (call, search) => {
      const query = readQuery(described.query, search)
      if (query.ok) return handle(call, query.values)
      return problem('bad-query', 'the query has mistakes', { errors: query.errors })
    },
  }
}

/** The type of an operation's successful answer. */
export function answerType({ answers }: Operation): 'application/json' | 'text/html' {
  return answers.some(({ schema }) => schema === 'html') ? 'text/html' : 'application/json'
}

/** One page of a list, with the address of the next. */
export function pageAnswer(
  { url }: Call,
  list: Readonly<Record<string, readonly object[]>>,
  nextCursor: string | null,
): Answer {
  if (nextCursor === null) return { status: 200, body: { ...list, next: null } }
  const query = new URLSearchParams(url.searchParams)
  query.set('cursor', nextCursor)
  const next = `${url.pathname}?${query}`
  return { status: 200, headers: { link: `<${next}>; rel="next"` }, body: { ...list, next } }
}

/** RFC 3339, in UTC. */
export function isoTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString()
}

export function isoTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms)
}
