import { Resolver } from 'node:dns'

/** Why a text is not the address of a name server, or null. */
export function nameServerProblem(text: string): string | null {
  try {
    new Resolver().setServers([text])
    return null
  } catch {
    return 'is not an address with or without a port, such as 192.0.2.53:53 or [2001:db8::53]:53'
  }
}
