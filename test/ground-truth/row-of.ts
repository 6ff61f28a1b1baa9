import type { ScriptedSite, TruthSite } from './truth.ts'

/** Where the target listens, on 127.0.0.1. */
export type Ports = {
  readonly http: number
  readonly https: number
  /** By the numbers of the sites that have one. */
  readonly doors: ReadonlyMap<number, number>
}

/** What every good page has in it, and no other answer. */
export const PAGE_TEXT = 'all is well'

/** The file of the workers' SECRETS_DIR that says whom sites with TLS trust. */
export const CA_FILE = 'ground-truth-ca.pem'

/** A certificate for all of them is for `*.truth.test`. */
export function serverNameOf(number: number): string {
  return `s${number}.truth.test`
}

/** Every row has the same columns: fleets are inserted in bulk. */
export function rowOf(
  { number, place }: ScriptedSite,
  ports: Ports,
  timeoutMs: number,
): TruthSite['row'] {
  const isTls = place === 'https'
  const port = place === 'door' ? ports.doors.get(number) : ports[place]
  return {
    name: `site ${number}`,
    url: `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/s/${number}`,
    timeout_ms: timeoutMs,
    max_redirects: 3,
    body_contains: PAGE_TEXT,
    tls_server_name: isTls ? serverNameOf(number) : null,
    tls_ca_file: isTls ? CA_FILE : null,
  }
}
