import { type ApiScope, createKey } from '#db/api-keys.ts'
import type { WebContext } from '../../web/web-context.ts'
import { serveWeb } from './serve-web.ts'
import type { TestDatabase } from './test-database.ts'

/** The API over real HTTP, on a real database, as the role that web ships with. */
export type ApiUnderTest = {
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** A new key of these scopes, or none: what it is answered. */
  as(...scopes: readonly ApiScope[]): Promise<ApiClient>
  close(): Promise<void>
}

export type ApiClient = {
  readonly key: string | null
  /** `path` below /api/v1, or an address of ours that it has answered. */
  send(method: string, path: string, more?: More): Promise<Answered>
  get(path: string): Promise<Answered>
}

type More = {
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is the test
  readonly body: any
}

export async function serveApi(
  database: TestDatabase,
  own: Partial<WebContext> = {},
): Promise<ApiUnderTest> {
  const { origin, close } = await serveWeb(database, own)
  return {
    origin,
    close,
    async as(...scopes) {
      if (scopes.length === 0) return client(origin, null)
      const { key } = await createKey(database.db, { name: 'test', scopes, expiresAtMs: null })
      return client(origin, key)
    },
  }
}

/** Whoever has this key, or none. */
export function client(origin: string, key: string | null): ApiClient {
  const send = async (method: string, path: string, { body, headers = {} }: More = {}) => {
    const address = path.startsWith('/api/') ? path : `/api/v1${path}`
    const response = await fetch(origin + address, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    }
  }
  return { key, send, get: (path) => send('GET', path) }
}
