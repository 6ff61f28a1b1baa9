export type ParsedHost =
  | { readonly ok: true; readonly host: string }
  | { readonly ok: false; readonly reason: string }

const LABEL_MAX = 63
const NAME_MAX = 253
/** Nothing that a parser of URLs would drop, or take for another part of one. */
const HOST = /^(\[[^\]]*\]|[^\s\p{Cc}:/\\?#[\]]+)$/u
/** The underscore of `_dmarc` and the star of a wildcard are names of DNS too. */
const NAME = /^[a-z\d_*-]+(\.[a-z\d_*-]+)*\.?$/

/**
 * Reads a name, an IPv4 address in any spelling, or an IPv6 address in brackets, as browsers do. The
 * host is in lower case, its international labels in punycode, and without brackets.
 */
export function parseHost(text: string): ParsedHost {
  const quoted = JSON.stringify(text)
  if (text === '') return refuse('the host is missing')
  // Not shown: what stands before the sign is often a password.
  if (text.includes('@')) return refuse('must not hold credentials')
  if ((text.match(/:/g)?.length ?? 0) > 1 && !text.startsWith('['))
    return refuse(`an IPv6 address stands in brackets: [${text}]`)
  const url = HOST.test(text) ? URL.parse(`http://${text}/`) : null
  if (url === null) return refuse(`${quoted} is not a name or an address`)
  const host = url.hostname
  if (host.startsWith('[')) return { ok: true, host: host.slice(1, -1) }
  const labels = host.replace(/\.$/, '').split('.')
  if (host.length > NAME_MAX || labels.some((label) => label.length > LABEL_MAX))
    return refuse(`${quoted} is longer than a name can be`)
  return NAME.test(host) ? { ok: true, host } : refuse(`${quoted} is not a name or an address`)
}

/** A host as a URL spells it: an IPv6 address in brackets. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Of a parsed host: four numbers, or a colon, which no name has. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
}

function refuse(reason: string): ParsedHost {
  return { ok: false, reason }
}
