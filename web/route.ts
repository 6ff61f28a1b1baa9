/** Who may call a route. */
export const audiences = [
  /** Anybody: shows nothing that is not published. */
  'anyone',
  /** Whoever knows the token in the URL. */
  'token holder',
  /** Who has logged in to the dashboard. */
  'operator',
  /** Who sends a key with this scope. */
  'key: read',
  'key: write',
  'key: check',
] as const

export type Audience = (typeof audiences)[number]

/** One route as it is registered: its path in the router's words, `/sites/:slug`. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly audience: Audience
  /** What it is for, in a line. */
  readonly purpose: string
}
