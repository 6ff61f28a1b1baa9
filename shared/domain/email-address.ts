/** One address, safe to put into a header and an SMTP command. */
export type EmailAddress = { readonly address: string; readonly domain: string }

/** An address with the name shown beside it. */
export type Mailbox = EmailAddress & { readonly name: string | null }

export type NotAnAddress = { readonly problem: string }

/** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 (a path is at most 256 octets, two of them brackets). */
const LOCAL_PART_MAX = 64
const ADDRESS_MAX = 254
const NAME_MAX = 100

const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const DOMAIN = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i
const NAMED = /^(?<name>[^<>]+)<(?<address>[^<>]*)>$/
/** What would need quoting in a name, or would end the header. */
const NOT_IN_A_NAME = /[\p{Cc}\p{Zl}\p{Zp}"\\]/u

/**
 * Stricter than the standard on purpose: exactly one plain address, in ASCII, without quotes,
 * comments, groups or literals. A mail library that is handed more than that may read a second
 * recipient out of it.
 */
export function parseEmailAddress(text: string): EmailAddress | NotAnAddress {
  if (text.length > ADDRESS_MAX) return { problem: `is longer than ${ADDRESS_MAX} characters` }
  const [localPart = '', domain = '', ...more] = text.split('@')
  if (domain === '' || more.length > 0) return { problem: 'must have one @ and a domain after it' }
  if (localPart.length > LOCAL_PART_MAX)
    return { problem: `has more than ${LOCAL_PART_MAX} characters before the @` }
  if (!LOCAL_PART.test(localPart))
    return { problem: 'has characters before the @ that are not allowed' }
  if (!DOMAIN.test(domain) || /(^|\.)\d+$/.test(domain))
    return { problem: 'must have a domain name in ASCII after the @' }
  return { address: text, domain }
}

/** Whether an email can be sent to it. */
export function isEmailAddress(text: string): boolean {
  return !('problem' in parseEmailAddress(text))
}

/** `address`, `Name <address>` or `"Name" <address>`. */
export function parseMailbox(text: string): Mailbox | NotAnAddress {
  const { name: rawName, address: inBrackets } = NAMED.exec(text)?.groups ?? {}
  const parsed = parseEmailAddress(inBrackets ?? text)
  if ('problem' in parsed) return parsed
  const name = rawName?.trim().replace(/^"(.*)"$/, '$1') || null
  if (name === null) return { ...parsed, name }
  if (name.length > NAME_MAX) return { problem: `has a name of more than ${NAME_MAX} characters` }
  if (NOT_IN_A_NAME.test(name)) return { problem: 'has a name with quotes or control characters' }
  return { ...parsed, name }
}
