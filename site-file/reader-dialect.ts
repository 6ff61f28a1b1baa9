/** The fields of a reader, which is a site in other words: they become `url` and `body_regex`. */
export const readerFields = ['site', 'endpoint', 'regex'] as const

export type Translated =
  | { readonly ok: true; readonly fields: ReadonlyMap<string, unknown> }
  | { readonly ok: false; readonly reason: string }

/**
 * Translates a reader (`site`, `endpoint`, `regex`) into the fields of a site. `site` is the base
 * of the address, https when it says nothing else, and `endpoint` its path; where `endpoint` is a
 * whole address, `site` is the name. Fields of a site pass as they are.
 */
export function translateReader(fields: ReadonlyMap<string, unknown>): Translated {
  if (!readerFields.some((field) => fields.has(field))) return { ok: true, fields }
  for (const field of readerFields) {
    const value = fields.get(field)
    if (value !== undefined && value !== null && typeof value !== 'string')
      return refuse(`${field} must be a text`)
  }
  if (fields.has('regex') && fields.has('body_regex'))
    return refuse('regex and body_regex are the same: leave one')
  const site = textOf(fields.get('site'))
  const endpoint = textOf(fields.get('endpoint'))
  const hasAddress = site !== '' || endpoint !== ''
  if (hasAddress && fields.has('url'))
    return refuse('url is made of site and endpoint: leave one or the other')

  const translated = new Map(
    [...fields].filter(([name]) => !readerFields.some((field) => field === name)),
  )
  if (hasAddress)
    translated.set('url', isAddress(endpoint) ? endpoint : joinAddress(site, endpoint))
  if (isAddress(endpoint) && site !== '' && !translated.has('name')) translated.set('name', site)
  if (fields.has('regex')) translated.set('body_regex', fields.get('regex'))
  return { ok: true, fields: translated }
}

function joinAddress(site: string, endpoint: string): string {
  const base = isAddress(site) ? site : `https://${site}`
  if (endpoint === '' || endpoint.startsWith('?')) return base + endpoint
  return `${base.replace(/\/+$/, '')}/${endpoint.replace(/^\/+/, '')}`
}

function isAddress(text: string): boolean {
  return /^((https?|tcp|tls|icmp):\/\/|(dns|heartbeat):)/i.test(text)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function refuse(reason: string): Translated {
  return { ok: false, reason }
}
