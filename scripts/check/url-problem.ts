const KNOWN_SCHEME = /^(https?|tcp|tls|icmp):\/\/|^dns:/i
const SCHEMES = 'http://, https://, tcp://, tls://, dns: or icmp://'

/**
 * What is wrong with the URL of a check by hand, as far as its scheme tells; null: that is for the
 * rules of all sites to say. A text that may hold a password is not shown. Pure.
 */
export function urlProblem(url: string, kind: unknown): string | null {
  if (/^heartbeat:/i.test(url) || kind === 'heartbeat') {
    return 'URL: a heartbeat cannot be checked by hand: there the job calls, and nobody else'
  }
  if (KNOWN_SCHEME.test(url)) return null
  if (url.includes('@')) return `URL: must begin with ${SCHEMES}, and hold no credentials`
  const isHost = !url.includes('://') && URL.canParse(`https://${url}`)
  if (isHost) return `URL: ${JSON.stringify(url)} has no scheme: did you mean https://${url}?`
  return `URL: ${JSON.stringify(url)} must begin with ${SCHEMES}`
}
