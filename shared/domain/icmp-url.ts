import { type ParsedHost, parseHost } from './host.ts'
import { textAfter } from './text-after.ts'

/** `icmp://host`: an echo knows no ports. */
export function parseIcmpUrl(text: string): ParsedHost {
  const begun = textAfter('icmp://', text)
  return begun.ok ? parseHost(begun.rest) : begun
}
