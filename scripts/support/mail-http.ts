import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { MailStore } from './mail-store.ts'

const MAX_BODY_BYTES = 64 * 1024
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 2_000

type Answer = { readonly status: number; readonly type: string; readonly body: string | Buffer }

const notFound: Answer = { status: 404, type: 'text/plain', body: 'not found\n' }

/** The part of Mailpit's API that reads and clears messages, in the same shapes. */
export function mailApi(store: MailStore): RequestListener {
  return (request, response) => {
    answer(store, request).then(
      (found) => send(response, found),
      (error: Error) =>
        send(response, { status: 500, type: 'text/plain', body: `${error.message}\n` }),
    )
  }
}

async function answer(store: MailStore, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const route = `${request.method} ${url.pathname}`
  if (route === 'GET /livez' || route === 'GET /readyz')
    return { status: 200, type: 'text/plain', body: 'ok\n' }
  if (route === 'GET /api/v1/messages') return json(listing(store, url.searchParams))
  if (route === 'DELETE /api/v1/messages') return clear(store, request)
  const match = /^GET \/api\/v1\/message\/([\w-]+)(\/raw)?$/.exec(route)
  if (match === null) return notFound
  const [, id = '', raw] = match
  return raw === undefined
    ? orNotFound(await store.read(id), json)
    : orNotFound(await store.readRaw(id), plain)
}

function listing(store: MailStore, query: URLSearchParams): object {
  const all = store.list()
  const start = wholeNumber(query.get('start'), 0, Number.MAX_SAFE_INTEGER)
  const limit = wholeNumber(query.get('limit'), DEFAULT_LIMIT, MAX_LIMIT)
  const messages = all.slice(start, start + limit)
  return { total: all.length, messages_count: all.length, count: messages.length, start, messages }
}

/** As Mailpit: `{"IDs": [...]}` removes those, no body removes all. */
async function clear(store: MailStore, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request)
  if (body === null) return { status: 413, type: 'text/plain', body: 'too large\n' }
  const ids = body.trim() === '' ? null : parseIds(body)
  if (ids === 'unreadable')
    return { status: 400, type: 'text/plain', body: 'expected {"IDs": ["..."]}\n' }
  await store.remove(ids === null || ids.length === 0 ? null : ids)
  return { status: 200, type: 'text/plain', body: 'ok' }
}

function parseIds(body: string): string[] | 'unreadable' {
  try {
    const { IDs = [] }: { IDs?: unknown } = JSON.parse(body)
    return Array.isArray(IDs) && IDs.every((id) => typeof id === 'string') ? IDs : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

/** Null when it is larger than any list of ids that we keep. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function wholeNumber(text: string | null, fallback: number, max: number): number {
  const value = text === null || text === '' ? fallback : Number(text)
  return Number.isInteger(value) && value >= 0 ? Math.min(value, max) : fallback
}

function orNotFound<T>(value: T | null, render: (value: T) => Answer): Answer {
  return value === null ? notFound : render(value)
}

const json = (value: object): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
})
const plain = (body: Buffer): Answer => ({ status: 200, type: 'text/plain; charset=utf-8', body })

function send(response: ServerResponse, { status, type, body }: Answer): void {
  // A message is a stranger's text: no browser may take it for a page.
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' })
  response.end(body)
}
