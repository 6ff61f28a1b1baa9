import { createKey } from '#db/api-keys.ts'
import type { Address } from './start-process.ts'
import type { ChaosStack } from './start-stack.ts'

const TIMEOUT_MS = 5_000
/** All that web tells of one site and of all of them, to whoever may read. */
const PAGES = ['/', '/feed.atom', '/feed.json', '/api/v1/openapi.json', '/api/v1/health']
const READS = ['/api/v1/sites', '/api/v1/outages', '/api/v1/uptime']
const OF_SITE = ['', '/results', '/outages', '/uptime', '/latency']

/** What the processes answer when they are asked for all that they tell, by address. */
export async function gatherAnswers(stack: ChaosStack): Promise<ReadonlyMap<string, string>> {
  const scopes = ['read'] as const
  const { key } = await createKey(stack.db, { name: 'chaos', scopes, expiresAtMs: null })
  const headers = { authorization: `Bearer ${key}` }
  const ids = [...stack.siteNumbers].filter(([, number]) => number % 5 === 0).map(([id]) => id)
  const ofSites = ids.flatMap((id) => OF_SITE.map((what) => `/api/v1/sites/${id}${what}`))
  const answers = new Map<string, string>()
  const ask = async (name: string, address: Address, place: string) => {
    const text = await textAt(address, place, headers)
    if (text !== null) answers.set(`${name}${place}`, text)
  }
  for (const { name, health, web } of stack.processes.values()) {
    await ask(name, health, '/metrics')
    if (web === null) continue
    for (const place of [...PAGES, ...READS, ...ofSites]) await ask(name, web, place)
  }
  return answers
}

/** The body of a good answer; null where there was none: whoever should give it may be dead. */
export async function textAt(
  { host, port }: Address,
  place: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(`http://${host}:${port}${place}`, { headers, signal })
    const text = await response.text()
    return response.ok ? text : null
  } catch {
    return null
  }
}
