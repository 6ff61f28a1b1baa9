import { randomBytes } from 'node:crypto'

export type Secrets = ReturnType<typeof plantSecrets>

/** What a run's processes know and must tell nobody: each would be found by its own name. */
export function plantSecrets() {
  const secret = (name: string) => `planted-${name}-${randomBytes(9).toString('hex')}`
  return {
    database: secret('database'),
    smtp: secret('smtp'),
    siteToken: secret('site'),
    deadMan: secret('deadman'),
    dashboard: secret('dashboard'),
  } as const
}
