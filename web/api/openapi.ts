import { PROBLEM_TYPE, type ProblemKind, problemKinds } from './answer.ts'
import { answerSchemas, ref } from './answer-schemas.ts'
import { API_PREFIX, type Operation } from './operation.ts'
import type { JsonSchema } from './parameter.ts'

/** What may happen to any request. */
const withAnyKey: readonly ProblemKind[] = ['no-key', 'bad-key', 'missing-scope', 'too-often']
const always: readonly ProblemKind[] = ['not-acceptable', 'unavailable']

/** The API as an OpenAPI 3.1 document. Pure. */
export function openApi(operations: readonly Operation[]): object {
  const paths = [...Map.groupBy(operations, ({ path }) => templateOf(path))].map(
    ([path, ofPath]) => [
      path,
      Object.fromEntries(
        ofPath.map((operation) => [operation.method.toLowerCase(), operationOf(operation)]),
      ),
    ],
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Uptick',
      version: '1',
      description: 'Sites, what was seen of them, and how much of the time anybody looked.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_PREFIX }],
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: answerSchemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'uptick key create shows it once.' },
      },
    },
  }
}

/** `/sites/:site` as `/sites/{site}`. */
function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

function operationOf(operation: Operation): object {
  const { name, group, summary, description, body, scope } = operation
  return {
    operationId: name,
    tags: [group],
    summary,
    description,
    security: scope === 'anyone' ? [] : [{ key: [scope] }],
    parameters: [
      ...pathParameters(operation),
      ...headerParameters(operation),
      ...queryParameters(operation),
    ],
    requestBody: body && {
      required: true,
      content: { [body.type]: { schema: body.schema, example: body.example } },
    },
    responses: { ...promised(operation), ...problemsOf(operation) },
  }
}

const pathWords: Readonly<
  Record<string, { readonly description: string; readonly schema: JsonSchema }>
> = {
  site: { description: 'The id or the slug of a site.', schema: { type: 'string' } },
  outage: { description: 'The id of an outage.', schema: { type: 'string', format: 'uuid' } },
}

function pathParameters({ path }: Operation): readonly object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...pathWords[name],
  }))
}

function headerParameters({ method }: Operation): readonly object[] {
  if (method !== 'PATCH' && method !== 'DELETE') return []
  const description = 'The ETag that was read, or *.'
  return [
    {
      name: 'If-Match',
      in: 'header',
      required: method === 'PATCH',
      description,
      schema: { type: 'string' },
    },
  ]
}

function queryParameters({ query }: Operation): readonly object[] {
  return Object.entries(query).map(([name, { description, schema }]) => ({
    name,
    in: 'query',
    required: false,
    description,
    schema,
  }))
}

function promised({ answers }: Operation): object {
  return Object.fromEntries(
    answers.map(({ status, description, schema, headers }) => [
      String(status),
      { description, headers: headers && headersOf(headers), content: contentOf(schema) },
    ]),
  )
}

function headersOf(headers: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  )
}

function contentOf(schema: JsonSchema | 'html' | null): object | undefined {
  if (schema === null) return undefined
  if (schema === 'html') return { 'text/html': { schema: { type: 'string' } } }
  return { 'application/json': { schema } }
}

/** All kinds of problems that an operation may answer with, in the order of the list. */
export function problemKindsOf({ scope, problems }: Operation): readonly ProblemKind[] {
  const may = [...problems, ...always, ...(scope === 'anyone' ? [] : withAnyKey)]
  const kinds = Object.keys(problemKinds).filter((kind): kind is ProblemKind =>
    may.some((one) => one === kind),
  )
  return kinds
}

function problemsOf(operation: Operation): object {
  const byStatus = Map.groupBy(problemKindsOf(operation), (kind) => problemKinds[kind].status)
  // Where a status is also an answer of its own, that one says more.
  const free = [...byStatus].filter(
    ([status]) => !operation.answers.some((one) => one.status === status),
  )
  return Object.fromEntries(
    free.map(([status, kinds]) => [
      String(status),
      {
        description: kinds.map((kind) => `${problemKinds[kind].title} (${kind}).`).join(' '),
        content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
      },
    ]),
  )
}
