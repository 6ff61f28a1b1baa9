/** Which addresses a worker may connect to. */
export type AddressPolicy = {
  /** Private and loopback ranges too, as a self-hosted monitor of inner services needs. */
  readonly allowPrivate: boolean
  /** Refused whatever else holds; canonical spelling. */
  readonly alsoRefused?: readonly string[]
}

/** `private`: allowed only by policy, and it does not; `never`: refused whatever the policy. */
export type AddressVerdict = 'allowed' | 'private' | 'never'

type Words = readonly number[]
type Range = { readonly words: Words; readonly bits: number }

const IPV4_PRIVATE = ranges(
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT, and what overlay networks use
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks, and the made-up answers of some local resolvers
)

const IPV4_NEVER = ranges(
  '0.0.0.0/8',
  '100.100.100.200/32', // metadata of Alibaba Cloud, within carrier-grade NAT
  '168.63.129.16/32', // the host agent of Azure
  '169.254.0.0/16', // link-local, with the metadata of most clouds
  '192.0.0.0/24', // protocol assignments, with the metadata of Oracle Cloud
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast, reserved, broadcast
)

const IPV6_PRIVATE = ranges('::1/128', 'fc00::/7')

const IPV6_NEVER = ranges(
  'fd00:ec2::/32', // metadata of AWS
  'fd20:ce::254/128', // metadata of Google Cloud
  '2001::/32', // Teredo
  '2001:db8::/32',
)

const IPV6_GLOBAL = ranges('2000::/3')

/** IPv6 ranges that carry an IPv4 address, and at which word it begins. */
const CARRIERS = [
  { range: range('::ffff:0:0/96'), at: 6 },
  { range: range('64:ff9b::/96'), at: 6 },
  { range: range('2002::/16'), at: 1 },
]

/**
 * Whether an IP address (no name, no brackets) may be connected to. An IPv4 address inside an IPv6
 * one counts as what it is. What cannot be read as an address is never allowed.
 */
export function addressVerdict(ip: string, policy: AddressPolicy): AddressVerdict {
  const words = parseAddress(ip)
  if (words === null) return 'never'
  const inner = unwrap(words)
  if (policy.alsoRefused?.some((refused) => isSame(inner, refused))) return 'never'
  const verdict = inner.length === 2 ? ipv4Verdict(inner) : ipv6Verdict(inner)
  return verdict === 'private' && policy.allowPrivate ? 'allowed' : verdict
}

/** The first address that is refused decides: a name with one bad address among good ones is a trap. */
export function refusalOf(addresses: readonly string[], policy: AddressPolicy): string | null {
  for (const address of addresses) {
    const verdict = addressVerdict(address, policy)
    if (verdict === 'private') {
      return `${address} is a private or loopback address, watched only with ALLOW_PRIVATE_TARGETS=true`
    }
    if (verdict === 'never') {
      return `${address} is a link-local, metadata, multicast or reserved address, which is never watched`
    }
  }
  return null
}

function ipv4Verdict(words: Words): AddressVerdict {
  if (isWithinAny(words, IPV4_NEVER)) return 'never'
  return isWithinAny(words, IPV4_PRIVATE) ? 'private' : 'allowed'
}

function ipv6Verdict(words: Words): AddressVerdict {
  if (isWithinAny(words, IPV6_NEVER)) return 'never'
  if (isWithinAny(words, IPV6_PRIVATE)) return 'private'
  return isWithinAny(words, IPV6_GLOBAL) ? 'allowed' : 'never'
}

function unwrap(words: Words): Words {
  const carrier = words.length === 8 && CARRIERS.find((one) => isWithin(words, one.range))
  return carrier ? words.slice(carrier.at, carrier.at + 2) : words
}

function isSame(words: Words, text: string): boolean {
  const other = parseAddress(text)
  return other !== null && unwrap(other).join() === words.join()
}

function isWithinAny(words: Words, list: readonly Range[]): boolean {
  return list.some((range) => isWithin(words, range))
}

function isWithin(words: Words, { words: prefix, bits }: Range): boolean {
  for (let at = 0, left = bits; left > 0; at++, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff
    if (((words[at] ?? 0) & mask) !== ((prefix[at] ?? 0) & mask)) return false
  }
  return true
}

/** An address as words of 16 bits, 2 for IPv4 and 8 for IPv6; null when it is neither. */
function parseAddress(ip: string): Words | null {
  const address = ip.split('%', 1)[0] ?? ''
  return address.includes(':') ? parseIpv6(address) : parseIpv4(address)
}

function parseIpv4(text: string): Words | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return null
  const [a = 0, b = 0, c = 0, d = 0] = parts
  return [a * 256 + b, c * 256 + d]
}

function parseIpv6(text: string): Words | null {
  const [head = '', tail, rest] = text.split('::')
  if (rest !== undefined) return null
  const left = parseGroups(head)
  const right = tail === undefined ? [] : parseGroups(tail)
  if (left === null || right === null) return null
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  return [...left, ...Array<number>(missing).fill(0), ...right]
}

function parseGroups(text: string): Words | null {
  const words: number[] = []
  for (const group of text === '' ? [] : text.split(':')) {
    const ipv4 = group.includes('.') ? parseIpv4(group) : null
    if (ipv4 !== null) words.push(...ipv4)
    else if (/^[\da-f]{1,4}$/i.test(group)) words.push(Number.parseInt(group, 16))
    else return null
  }
  return words
}

function ranges(...texts: readonly string[]): readonly Range[] {
  return texts.map(range)
}

function range(text: string): Range {
  const [address = '', bits] = text.split('/')
  const words = parseAddress(address)
  if (words === null) throw new Error(`${text} is not a range of addresses`)
  return { words, bits: Number(bits) }
}
