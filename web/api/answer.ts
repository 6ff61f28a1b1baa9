/** What a request is answered with, before it is HTTP. */
export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, a text as HTML; null: nothing is sent. */
  readonly body: object | string | null
}

export const PROBLEM_TYPE = 'application/problem+json'
/** Where the kinds of problems are explained: a problem's `type` is this and its kind. */
export const PROBLEM_DOCUMENT = '/api/v1/docs#problem-'

/** Every way in which a request can fail. A closed list: clients may tell them apart by `type`. */
export const problemKinds = {
  'bad-query': { status: 400, title: 'The query is wrong' },
  'bad-json': { status: 400, title: 'The body cannot be read' },
  'no-key': { status: 401, title: 'A key is needed' },
  'bad-key': { status: 401, title: 'The key opens nothing' },
  'missing-scope': { status: 403, title: 'The key may not do this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'wrong-method': { status: 405, title: 'This cannot be done here' },
  'not-acceptable': { status: 406, title: 'The answer is not in a form you accept' },
  exists: { status: 409, title: 'The site is there already' },
  'not-watched': { status: 409, title: 'The site is not watched' },
  changed: { status: 412, title: 'Somebody else has changed it' },
  'too-large': { status: 413, title: 'The body is too large' },
  'wrong-type': { status: 415, title: 'The body is in a form that is not read here' },
  'bad-site': { status: 422, title: 'The site cannot be stored like this' },
  'no-version': { status: 428, title: 'Say which version you mean to change' },
  'too-often': { status: 429, title: 'Too many requests' },
  fault: { status: 500, title: 'A fault of ours' },
  unavailable: { status: 503, title: 'Not now' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>

export type ProblemKind = keyof typeof problemKinds

/** What is wrong with one field, parameter or header; null: with none in particular. */
export type FieldError = { readonly field: string | null; readonly reason: string }

type More = {
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  /** What else a client may want to read without taking the sentence apart. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** A problem of RFC 9457: `detail` is a sentence for people. */
export function problem(
  kind: ProblemKind,
  detail: string,
  { errors, headers = {}, facts = {} }: More = {},
): Answer {
  const { status, title } = problemKinds[kind]
  return {
    status,
    headers: { ...headers, 'content-type': PROBLEM_TYPE },
    body: { type: PROBLEM_DOCUMENT + kind, title, status, detail, errors, ...facts },
  }
}
