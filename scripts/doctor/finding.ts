/** What a check of the installation came to. */
export type Finding =
  | { readonly outcome: 'ok'; readonly found: string }
  /** It works, and somebody should know. `todo`: what to do about it. */
  | { readonly outcome: 'warn'; readonly found: string; readonly todo: string }
  | { readonly outcome: 'fail'; readonly found: string; readonly todo: string }
  /** It could not be looked at from here; `found` says why. */
  | { readonly outcome: 'skipped'; readonly found: string }

export type NamedFinding = Finding & { readonly name: string }

export type HealthCheck = {
  /** A word or two. */
  readonly name: string
  /** Never throws for what it looks at; a bug, or what is away, throws. */
  readonly look: () => Promise<Finding>
}

export function ok(found: string): Finding {
  return { outcome: 'ok', found }
}

export function warn(found: string, todo: string): Finding {
  return { outcome: 'warn', found, todo }
}

export function fail(found: string, todo: string): Finding {
  return { outcome: 'fail', found, todo }
}

export function skipped(found: string): Finding {
  return { outcome: 'skipped', found }
}
