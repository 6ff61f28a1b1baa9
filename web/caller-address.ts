import type { Context } from 'hono'

/** What is known of the connection that a request came by: the app's environment, as the server gives it. */
export type Connection = { readonly callerAddress: string | null }

const BLOCK_GROUPS = 4

/**
 * Who calls, for counting: an address, of IPv6 the block of 64 bits that one caller has to themselves.
 * Behind a proxy it is the proxy: what a header says of the caller, any caller could say.
 */
export function callerOf(context: Context): string {
  const connection: Partial<Connection> = context.env ?? {}
  return blockOf(connection.callerAddress ?? 'unknown')
}

/** Pure. An IPv4 address in IPv6 clothes is the IPv4 address. */
export function blockOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return `${groups.slice(0, BLOCK_GROUPS).join(':')}::/64`
}
