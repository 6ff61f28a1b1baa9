import { type CheckKind, checkKinds } from '#shared/domain/check.ts'
import type { FieldReader } from './field-reader.ts'

const HOST = String.raw`([^\]/?#@:[]+|\[[0-9a-f:.]+\])`

/** How the URL of each kind is written. Whether its host, port, name or type is a real one, `siteProblem` says. */
const forms: Readonly<Record<CheckKind, { readonly match: RegExp; readonly form: string }>> = {
  http: {
    match: /^https?:\/\/[^/?#]/i,
    form: 'http://host or https://host, with a path or without',
  },
  tcp: { match: new RegExp(`^tcp://${HOST}:\\d{1,5}$`, 'i'), form: 'tcp://host:port' },
  tls: {
    match: new RegExp(`^tls://${HOST}(:\\d{1,5})?$`, 'i'),
    form: 'tls://host or tls://host:port',
  },
  dns: {
    match: new RegExp(`^dns:(//${HOST}(:\\d{1,5})?/)?[^/?#@]+(\\?type=[a-z]+)?$`, 'i'),
    form: 'dns:name?type=A or dns://server/name?type=A',
  },
  icmp: { match: new RegExp(`^icmp://${HOST}$`, 'i'), form: 'icmp://host' },
  // Not `heartbeat:new`, which SQL fills in: the file could not find that site again.
  heartbeat: {
    match: /^heartbeat:[A-Za-z0-9_-]{8,128}$/,
    form: 'heartbeat: and a token of 8 to 128 letters, digits, - or _, chosen by you',
  },
}

/** The URL of a site, and the kind of check that it is for: `kind` itself may be left out. */
export function readUrl(read: FieldReader): { readonly url: string; readonly kind: CheckKind } {
  const problemsBefore = read.problems.length
  const url = read.optionalText('url', {
    maxLength: 2_048,
    must: {
      match: /^(https?:\/\/|(tcp|tls|icmp):\/\/|(dns|heartbeat):)[^\s\p{Cc}]*$/iu,
      reason:
        'begin with http://, https://, tcp://, tls://, dns:, icmp:// or heartbeat:, and hold no spaces',
    },
  })
  if (url === null) {
    if (read.problems.length === problemsBefore) read.problems.push('url: is missing')
    return { url: '', kind: 'http' }
  }
  const kind = kindOfUrl(url)
  const said = read.oneOf('kind', checkKinds, kind)
  if (said !== kind) read.problems.push(`kind: ${said} does not go with a url of ${kind}`)
  const fault = urlFault(url, kind)
  if (fault !== null) read.problems.push(`url: ${fault}`)
  return { url, kind }
}

/** As `kind_of_url` in SQL. */
function kindOfUrl(url: string): CheckKind {
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase()
  return checkKinds.find((kind) => kind === scheme) ?? 'http'
}

function urlFault(url: string, kind: CheckKind): string | null {
  // A URL with a password in it is not told.
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(url)) {
    return 'must not hold credentials; use basic_auth_user and basic_auth_password_secret'
  }
  const { match, form } = forms[kind]
  if (match.test(url)) return null
  // Nor is a token: who knows it may call in its job's place.
  const shown = kind === 'heartbeat' ? '' : `${JSON.stringify(url.slice(0, 80))} `
  return `${shown}must be ${form}`
}
